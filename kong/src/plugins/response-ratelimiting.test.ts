import { describe, expect, it } from 'vitest'
import { placeEarlyHeaders } from './early-headers.ts'
import type { Exit } from './plugin.ts'
import { responseRatelimiting } from './response-ratelimiting.ts'
import { configOf } from './testing/defaults.ts'
import { answerOf, testExchange, testInstance, testWorker } from './testing/exchange.ts'

function setUp(given: object) {
  const worker = testWorker({ now: Date.UTC(2026, 0, 1) })
  const config = configOf(responseRatelimiting, given)
  const instance = testInstance('response-ratelimiting', config)
  return async (cost?: string) => {
    const exchange = testExchange({ worker })
    const exit = (await responseRatelimiting.access(exchange, config, instance)) as Exit | undefined
    const headers = answerOf(exchange, 200, cost === undefined ? [] : [['X-Kong-Limit', cost]])
    placeEarlyHeaders(exchange)
    responseRatelimiting.headerFilter(exchange, config)
    const body = responseRatelimiting.bodyFilter(exchange, config, Buffer.from('body'))
    responseRatelimiting.log(exchange)
    return { exit, status: exchange.response?.status, headers, body: body.toString() }
  }
}

const minute = (limit: number) => ({ second: null, minute: limit, hour: null, day: null, month: null, year: null })

describe('response-ratelimiting', () => {
  it('counts what answers say that they cost, and tells before and after', async () => {
    const send = setUp({ limits: { video: minute(5) } })
    const { headers } = await send('video=2')
    expect([...headers]).toEqual([
      ['X-RateLimit-Remaining-video', '5'],
      ['X-RateLimit-Limit-video-Minute', '5'],
      ['X-RateLimit-Remaining-video-Minute', '3'],
    ])
    expect((await send()).headers.get('X-RateLimit-Remaining-video')).toBe('3')
  })

  it('replaces an answer that costs what there is no more of, and does not count it', async () => {
    const send = setUp({ limits: { video: minute(1), image: minute(1) } })
    await send('video=1')
    expect(await send('video=1, image=1')).toMatchObject({ status: 429, body: '' })
    expect(await send()).toMatchObject({ status: 200, body: 'body' })
    expect((await send()).headers.get('X-RateLimit-Remaining-image')).toBe('1')
  })

  it('asks the upstream no more when told to', async () => {
    const send = setUp({ limits: { image: minute(1), video: minute(1) }, block_on_first_violation: true })
    await send('video=1')
    const { exit, headers } = await send()
    expect(exit).toEqual({ kind: 'error', status: 429, message: "API rate limit exceeded for 'video'" })
    expect([...headers]).toEqual([])
  })

  it('reads the first of several headers with costs, by its name with dashes or underscores', async () => {
    const worker = testWorker()
    const config = configOf(responseRatelimiting, { header_name: 'x_cost', limits: { big_file: minute(5) } })
    const exchange = testExchange({ worker })
    await responseRatelimiting.access(exchange, config, testInstance('response-ratelimiting', config))
    const headers = answerOf(exchange, 200, [
      ['X-Cost', 'big_file=2'],
      ['X-Cost', 'big_file=1'],
    ])
    placeEarlyHeaders(exchange)
    responseRatelimiting.headerFilter(exchange, config)
    expect([...headers]).toEqual([
      ['X-RateLimit-Remaining-big-file', '5'],
      ['X-RateLimit-Limit-big-file-Minute', '5'],
      ['X-RateLimit-Remaining-big-file-Minute', '3'],
    ])
  })

  it.each(['video=1=2', 'video', 'video=x', 'other=1', '=1', ''])('counts nothing for %j', async (cost) => {
    const send = setUp({ limits: { video: minute(5) } })
    expect((await send(cost)).headers.get('X-RateLimit-Remaining-video-Minute')).toBe('5')
  })

  it('lets requests through, or fails, where Redis can not be reached', async () => {
    const redis = { host: '127.0.0.1', port: 1 }
    const limits = { video: minute(5) }
    const tolerant = setUp({ limits, policy: 'redis', redis, fault_tolerant: true })
    expect(await tolerant('video=1')).toMatchObject({ exit: undefined, status: 200 })
    const strict = setUp({ limits, policy: 'redis', redis, fault_tolerant: false })
    await expect(strict('video=1')).rejects.toThrow()
  })
})
