import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hmacAuth } from './hmac-auth.ts'
import type { Exit } from './plugin.ts'
import { configOf } from './testing/defaults.ts'
import { testConfiguration, testExchange, testWorker } from './testing/exchange.ts'

const DATE = 'Thu, 01 Jan 2026 00:00:00 GMT'
const worker = testWorker({ now: Date.parse(DATE) + 60_000 })
const alice = { id: 'a11ce000-0000-4000-8000-000000000001', username: 'alice', custom_id: null }
const configuration = testConfiguration({
  consumers: [alice],
  hmacauth_credentials: [{ consumer: { id: alice.id }, username: 'alice-login', secret: 'secret' }],
})

function authorization(text: string, headers: string, username = 'alice-login', hash = 'sha256'): string {
  const signature = createHmac(hash, 'secret').update(text).digest('base64')
  return `hmac username="${username}", algorithm="hmac-${hash}", headers="${headers}", signature="${signature}"`
}

async function send(value: string | undefined, given: object = {}, more: [string, string][] = [], body = '') {
  const headers: [string, string][] = [['X-Date', DATE], ...more]
  if (value !== undefined) headers.push(['Authorization', value])
  const exchange = testExchange({ configuration, worker, target: '/a?b=1', headers, body })
  const exit = (await hmacAuth.access(exchange, configOf(hmacAuth, given))) as Exit | undefined
  return exit?.kind === 'error' ? exit.message : exchange.consumer?.username
}

describe('hmac-auth', () => {
  it.each(['sha1', 'sha256', 'sha384', 'sha512'])('lets in who signed with %s', async (hash) => {
    expect(await send(authorization(`x-date: ${DATE}`, 'x-date', 'alice-login', hash))).toBe('alice')
  })

  it('hides the header that it has read, and no other', async () => {
    const good = authorization(`x-date: ${DATE}`, 'x-date')
    const left = async (headers: [string, string][]) => {
      const exchange = testExchange({ configuration, worker, headers: [['X-Date', DATE], ...headers] })
      await hmacAuth.access(exchange, configOf(hmacAuth, { hide_credentials: true }))
      return ['authorization', 'proxy-authorization'].filter((name) => exchange.upstream.headers.has(name))
    }
    const asProxy: [string, string] = ['Proxy-Authorization', good]
    expect(await left([asProxy, ['Authorization', 'Basic x']])).toEqual(['authorization'])
    expect(
      await left([
        ['Proxy-Authorization', 'Basic x'],
        ['Authorization', good],
      ]),
    ).toEqual(['proxy-authorization'])
    expect(await left([['Authorization', 'Basic x']])).toEqual([])
  })

  it('checks the request line and every header that was signed', async () => {
    const text = `x-date: ${DATE}\nrequest-line`.replace('request-line', 'GET /a?b=1 HTTP/1.1')
    expect(await send(authorization(text, 'x-date request-line'))).toBe('alice')
    expect(await send(authorization('x-date: yesterday', 'x-date'))).toBe('HMAC signature does not match')
  })

  it.each([
    [undefined, {}, 'Unauthorized'],
    ['hmac nonsense', {}, 'HMAC signature cannot be verified'],
    [authorization(`x-date: ${DATE}`, 'x-date', 'nobody'), {}, 'HMAC signature cannot be verified'],
    [
      authorization(`x-date: ${DATE}`, 'x-date'),
      { enforce_headers: ['request-line'] },
      'HMAC signature cannot be verified',
    ],
    [authorization(`x-date: ${DATE}`, 'x-date'), { algorithms: ['hmac-sha512'] }, 'HMAC signature cannot be verified'],
    [
      authorization(`x-date: ${DATE}`, 'x-date'),
      { clock_skew: 30 },
      'HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication',
    ],
  ])('refuses %s under %j', async (value, given, message) => {
    expect(await send(value, given)).toBe(message)
  })

  it('checks the digest of the body when told to', async () => {
    const digest = `SHA-256=${createHash('sha256').update('body').digest('base64')}`
    const value = authorization(`x-date: ${DATE}\ndigest: ${digest}`, 'x-date digest')
    const strict = { validate_request_body: true }
    expect(await send(value, strict, [['Digest', digest]], 'body')).toBe('alice')
    expect(await send(value, strict, [['Digest', digest]], 'other')).toBe('HMAC signature does not match')
  })

  it('takes no longer for a header made of nothing but separators', async () => {
    const separators = '",algorithm="",headers="'.repeat(340)
    expect(await send(`hmac username="${separators}`)).toBe('HMAC signature cannot be verified')
  })

  it('lets the parts of the header hold quotes and commas', async () => {
    const value = authorization(`x-date: ${DATE}`, 'x-date').replace('alice-login', 'x", algorithm="y')
    expect(await send(value)).toBe('HMAC signature cannot be verified')
  })

  it.each([
    ['Thursday, 01-Jan-26 00:00:00 GMT', 'alice'],
    ['Thu Jan  1 00:00:00 2026', 'alice'],
    [
      '2026-01-01T00:00:00Z',
      'HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication',
    ],
  ])('reads the date %s as HTTP does', async (date, outcome) => {
    const headers: [string, string][] = [
      ['Date', date],
      ['Authorization', authorization(`date: ${date}`, 'date')],
    ]
    const exchange = testExchange({ configuration, worker, headers })
    const exit = (await hmacAuth.access(exchange, configOf(hmacAuth))) as Exit | undefined
    expect(exit?.kind === 'error' ? exit.message : exchange.consumer?.username).toBe(outcome)
  })
})
