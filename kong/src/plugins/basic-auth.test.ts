import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { basicAuth } from './basic-auth.ts'
import { configOf } from './testing/defaults.ts'
import { testConfiguration, testExchange } from './testing/exchange.ts'

const alice = { id: 'a11ce000-0000-4000-8000-000000000001', username: 'alice', custom_id: null }
const configuration = testConfiguration({
  consumers: [alice],
  basicauth_credentials: [
    {
      consumer: { id: alice.id },
      username: 'alice-login',
      password: createHash('sha1').update(`open:sesame${alice.id}`).digest('hex'),
    },
  ],
})
const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`

function send(headers: [string, string][], given: object = {}) {
  const exchange = testExchange({ configuration, headers })
  return { exchange, exit: basicAuth.access(exchange, configOf(basicAuth, given)) }
}

describe('basic-auth', () => {
  it('lets a known user with the right password in', () => {
    const { exchange, exit } = send([['Authorization', basic('alice-login:open:sesame')]])
    expect(exit).toBeUndefined()
    expect(exchange.upstream.headers.get('X-Credential-Identifier')).toBe('alice-login')
  })

  it('looks for a user before any colon, and for the password up to the end of the line', () => {
    expect(send([['Authorization', basic(':alice-login:open:sesame\nmore')]]).exit).toBeUndefined()
  })

  it.each(['alice-login:wrong', 'nobody:open:sesame', 'alice-login', ':x'])('refuses %s', (login) => {
    expect(send([['Authorization', basic(login)]]).exit).toEqual({
      kind: 'error',
      status: 401,
      message: 'Unauthorized',
      headers: { 'WWW-Authenticate': 'Basic realm="service"' },
    })
  })

  it('turns to Authorization only where Proxy-Authorization names nobody known', () => {
    const good: [string, string] = ['Authorization', basic('alice-login:open:sesame')]
    expect(send([['Proxy-Authorization', basic('nobody:x')], good]).exit).toBeUndefined()
    expect(send([['Proxy-Authorization', basic('alice-login:wrong')], good]).exit).toMatchObject({ status: 401 })
  })

  it('hides the password from the upstream when told to', () => {
    const { exchange } = send([['Authorization', basic('alice-login:open:sesame')]], { hide_credentials: true })
    expect(exchange.upstream.headers.has('authorization')).toBe(false)
    const odd = send([['Authorization', basic('no colon')]], { hide_credentials: true })
    expect(odd.exchange.upstream.headers.has('authorization')).toBe(true)
    const other = send([['Authorization', 'Bearer x']], { hide_credentials: true })
    expect(other.exchange.upstream.headers.has('authorization')).toBe(false)
  })
})
