import { describe, expect, it } from 'vitest'
import { keyAuth } from './key-auth.ts'
import type { Exit } from './plugin.ts'
import { configOf } from './testing/defaults.ts'
import { type Given, testConfiguration, testExchange } from './testing/exchange.ts'

const alice = { id: 'a11ce000-0000-4000-8000-000000000001', username: 'alice', custom_id: null }
const configuration = testConfiguration({
  consumers: [alice],
  keyauth_credentials: [
    { id: 'c0000000-0000-4000-8000-000000000001', consumer: { id: alice.id }, key: 'alice-key', ttl: null },
    { consumer: { id: alice.id }, key: 'over', ttl: 946684800 },
  ],
})

async function send(given: object, request: Given) {
  const exchange = testExchange({ configuration, ...request })
  const exit = (await keyAuth.access(exchange, configOf(keyAuth, given))) as Exit | undefined
  return { exchange, message: exit?.kind === 'error' ? exit.message : undefined }
}

const form: Given = {
  method: 'POST',
  headers: [['Content-Type', 'application/x-www-form-urlencoded']],
  body: 'a=x+y%2f&apikey=alice-key',
}

/** A multipart form whose every field is Alice's key. */
function parts(...names: readonly string[]): Given {
  const part = (name: string) => `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nalice-key\r\n`
  return {
    method: 'POST',
    headers: [['Content-Type', 'multipart/form-data; boundary=edge']],
    body: `${names.map(part).join('')}--edge--\r\n`,
  }
}

describe('key-auth', () => {
  it('finds the consumer by a key in the header or the query', async () => {
    const { exchange } = await send({}, { headers: [['apikey', 'alice-key']] })
    expect(exchange.consumer?.username).toBe('alice')
    expect(exchange.upstream.headers.get('X-Credential-Identifier')).toBe('c0000000-0000-4000-8000-000000000001')
    expect((await send({}, { target: '/?apikey=alice%2Dkey' })).exchange.consumer?.username).toBe('alice')
  })

  it.each([
    [{}, { target: '/' }, 'No API key found in request'],
    [{}, { target: '/?apikey=nobody' }, 'Unauthorized'],
    [{}, { target: '/?apikey=over' }, 'Unauthorized'],
    [{}, { target: '/?apikey=a&apikey=b' }, 'Duplicate API key found'],
    [{}, { target: '/?apikey=alice-key', headers: [['apikey', '']] }, 'No API key found in request'],
    [{ key_in_query: false }, { target: '/?apikey=alice-key' }, 'No API key found in request'],
    [{}, form, 'No API key found in request'],
  ] satisfies [object, Given, string][])('given %j refuses %j with "%s"', async (given, request, message) => {
    expect((await send(given, request)).message).toBe(message)
  })

  it('looks into the body when told to', async () => {
    expect((await send({ key_in_body: true }, form)).exchange.consumer?.username).toBe('alice')
    const json: Given = {
      method: 'POST',
      headers: [['Content-Type', 'application/json-patch+json']],
      body: '{"apikey":"alice-key"}',
    }
    expect((await send({ key_in_body: true }, json)).exchange.consumer?.username).toBe('alice')
  })

  it('hides the key from the upstream when told to', async () => {
    const query = await send({ hide_credentials: true }, { target: '/x?b=%20&flag&apikey=alice-key&a=%7e' })
    expect(query.exchange.upstream.query).toBe('b=+&flag=&a=%7E')
    const body = await send({ hide_credentials: true, key_in_body: true }, form)
    expect(body.exchange.upstream.body?.toString()).toBe('a=x%20y%2F')
  })

  it('writes a form in order when it hides the key', async () => {
    const given = { hide_credentials: true, key_in_body: true }
    const { exchange } = await send(given, { ...form, body: 'b=1&apikey=alice-key&a=2' })
    expect(exchange.upstream.body?.toString()).toBe('a=2&b=1')
    const multipart = await send(given, parts('b', 'apikey', 'a'))
    expect(multipart.exchange.upstream.body?.toString('latin1')).toBe(parts('a', 'b').body)
  })

  it('refuses a key that a multipart body holds twice', async () => {
    expect((await send({ key_in_body: true }, parts('apikey', 'apikey'))).message).toBe('Duplicate API key found')
  })
})
