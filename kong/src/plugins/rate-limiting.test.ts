import { describe, expect, it } from 'vitest'
import type { PluginEntity } from '../config/entities.ts'
import { placeEarlyHeaders } from './early-headers.ts'
import type { Exit } from './plugin.ts'
import { rateLimiting } from './rate-limiting.ts'
import { configOf } from './testing/defaults.ts'
import { answerOf, testExchange, testInstance, testWorker } from './testing/exchange.ts'

const START = Date.UTC(2026, 0, 1, 12, 0, 0)

function setUp(given: object, scope: Partial<PluginEntity> = {}) {
  const clock = { now: START }
  const worker = testWorker(clock)
  const config = configOf(rateLimiting, given)
  const instance = testInstance('rate-limiting', config, scope)
  const send = async (from = '127.0.0.1', headers: [string, string][] = []) => {
    const exchange = testExchange({ worker, from, headers })
    const exit = (await rateLimiting.access(exchange, config, instance)) as Exit | undefined
    const answer = answerOf(exchange)
    placeEarlyHeaders(exchange)
    return { exit, status: exit && 'status' in exit ? exit.status : 200, headers: answer }
  }
  return { clock, send }
}

describe('rate-limiting', () => {
  it('counts down, refuses at the limit and begins anew with the window', async () => {
    const { clock, send } = setUp({ minute: 2 })
    const first = await send()
    expect([first.status, first.headers.get('X-RateLimit-Remaining-Minute')]).toEqual([200, '1'])
    expect((await send()).headers.get('RateLimit-Remaining')).toBe('0')
    clock.now += 20_500
    const third = await send()
    expect(third.exit).toEqual({ kind: 'error', status: 429, message: 'API rate limit exceeded' })
    expect(third.headers.get('Retry-After')).toBe('40')
    clock.now = START + 60_000
    expect((await send()).status).toBe(200)
  })

  it('does not count a refused request in the windows that had room', async () => {
    const { send } = setUp({ minute: 1, hour: 5 })
    await send()
    for (let i = 0; i < 3; i++) expect((await send()).headers.get('X-RateLimit-Remaining-Hour')).toBe('4')
  })

  it('counts each address apart, and each header value where asked to', async () => {
    const byAddress = setUp({ minute: 1 })
    expect((await byAddress.send('10.0.0.1')).status).toBe(200)
    expect((await byAddress.send('10.0.0.2')).status).toBe(200)
    expect((await byAddress.send('10.0.0.1')).status).toBe(429)
    const byTenant = setUp({ minute: 1, limit_by: 'header', header_name: 'X-Tenant' })
    expect((await byTenant.send('10.0.0.1', [['x-tenant', 'one']])).status).toBe(200)
    expect((await byTenant.send('10.0.0.2', [['X-Tenant', 'one']])).status).toBe(429)
  })

  it('says nothing to the client when its headers are hidden', async () => {
    const { send } = setUp({ minute: 1, hide_client_headers: true })
    await send()
    const { exit, headers } = await send()
    expect(exit).toMatchObject({ status: 429 })
    expect([...headers]).toEqual([])
  })

  it('refuses limits that contradict one another', () => {
    const check = rateLimiting.schema.custom as (config: object) => string | undefined
    expect(check({ second: 10, minute: 5 })).toBe(
      'The limit for minute(5.0) cannot be lower than the limit for second(10.0)',
    )
    expect(check({ minute: 5, sync_rate: 5, policy: 'local' })).toBe('sync_rate can only be used with the redis policy')
  })

  it('lets requests through without headers, or fails, where Redis can not be reached', async () => {
    const redis = { host: '127.0.0.1', port: 1 }
    const tolerant = await setUp({ minute: 1, policy: 'redis', redis }).send()
    expect([tolerant.status, tolerant.headers.get('X-RateLimit-Limit-Minute')]).toEqual([200, undefined])
    await expect(setUp({ minute: 1, policy: 'redis', redis, fault_tolerant: false }).send()).rejects.toThrow()
  })

  it('limits by a header under either spelling, and by the address without it', async () => {
    const { send } = setUp({ minute: 1, limit_by: 'header', header_name: 'x_tenant' })
    expect((await send('127.0.0.1', [['X-Tenant', 'a']])).status).toBe(200)
    expect((await send('127.0.0.2', [['x-tenant', 'a']])).status).toBe(429)
    expect((await send('127.0.0.1')).status).toBe(200)
    expect((await send('127.0.0.1')).status).toBe(429)
  })
})
