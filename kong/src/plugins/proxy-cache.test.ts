import { describe, expect, it } from 'vitest'
import { Configuration } from '../config/configuration.ts'
import { placeEarlyHeaders } from './early-headers.ts'
import type { Exit } from './plugin.ts'
import { includesMediaType } from './proxy-cache/media-type.ts'
import { ResponseCache } from './proxy-cache/response-cache.ts'
import { proxyCache } from './proxy-cache.ts'
import { configOf } from './testing/defaults.ts'
import { answerOf, type Given, testExchange, testWorker } from './testing/exchange.ts'

interface Answer {
  readonly status?: number
  readonly headers?: readonly (readonly [string, string])[]
}

function setUp(given: object = {}) {
  const clock = { now: 1_700_000_000_000 }
  const worker = testWorker(clock)
  const configuration = new Configuration()
  const config = configOf(proxyCache, { strategy: 'memory', ...given })
  const send = (request: Given = {}, { status = 200, headers = [['Content-Type', 'text/plain']] }: Answer = {}) => {
    const exchange = testExchange({ configuration, worker, ...request })
    const exit = proxyCache.access(exchange, config) as Exit | undefined
    if (exit) return { exit, status: exit.kind === 'exit' ? exit.headers?.['X-Cache-Status'] : exit.kind }
    const answer = answerOf(exchange, status, headers)
    placeEarlyHeaders(exchange)
    proxyCache.headerFilter(exchange, config)
    if (proxyCache.readsBody(exchange)) {
      proxyCache.bodyFilter(exchange, config, Buffer.from('the '), false)
      proxyCache.bodyFilter(exchange, config, Buffer.from('body'), true)
    }
    return { exit, status: answer.get('X-Cache-Status') }
  }
  return { clock, send }
}

describe('proxy-cache', () => {
  it('gives an answer again while it is fresh', () => {
    const { clock, send } = setUp({ cache_ttl: 10 })
    expect(send().status).toBe('Miss')
    clock.now += 5000
    expect(send().exit).toMatchObject({
      kind: 'exit',
      status: 200,
      body: Buffer.from('the body'),
      proxied: true,
      headers: { 'Content-Type': ['text/plain'], Age: '5', 'X-Cache-Status': 'Hit' },
    })
    clock.now += 6000
    expect(send().status).toBe('Miss')
  })

  it('takes a name without a value, and a header that is not there, for something of their own', () => {
    const { send } = setUp({ vary_headers: ['X-A'] })
    const requests: Given[] = [
      { target: '/?a' },
      { target: '/?a=true' },
      { headers: [['X-A', '']] },
      {},
      {
        headers: [
          ['X-A', '2'],
          ['X-A', '1'],
        ],
      },
    ]
    expect(requests.map((request) => send(request).status)).toEqual(requests.map(() => 'Miss'))
    const turned: [string, string][] = [
      ['X-A', '1'],
      ['X-A', '2'],
    ]
    expect(send({ headers: turned }).status).toBe('Hit')
  })

  it('tells who sends Kong-Debug what it would not tell otherwise', () => {
    const { send } = setUp({ response_headers: { age: false, 'X-Cache-Status': false, 'X-Cache-Key': false } })
    expect(send().status).toBeUndefined()
    expect(send().exit).not.toHaveProperty('headers.Age')
    const debug: Given = { headers: [['Kong-Debug', '']] }
    expect(send(debug).exit).toMatchObject({ headers: { Age: '0', 'X-Cache-Status': 'Hit' } })
    expect(send({ ...debug, target: '/new' }).status).toBe('Miss')
  })

  it('keeps a stale answer for as long as it is told to, and refreshes it', () => {
    const { clock, send } = setUp({ cache_ttl: 1, storage_ttl: 10 })
    send()
    clock.now += 2000
    expect(send().status).toBe('Refresh')
    expect(send().status).toBe('Hit')
  })

  it.each([
    [{ method: 'POST' }, {}],
    [{}, { status: 500 }],
    [{}, { headers: [['Content-Type', 'text/css']] }],
  ] satisfies [Given, Answer][])('lets %j answered with %j by', (request, answer) => {
    expect(setUp().send(request, answer).status).toBe('Bypass')
  })

  it('never stores the answer to a HEAD request', () => {
    const { send } = setUp()
    send({ method: 'HEAD' })
    expect(send({ method: 'HEAD' }).status).toBe('Miss')
  })

  it('takes the order of arguments for no difference, but their values', () => {
    const { send } = setUp()
    send({ target: '/?a=1&b=2' })
    expect(send({ target: '/?b=2&a=1' }).status).toBe('Hit')
    expect(send({ target: '/?b=2&a=3' }).status).toBe('Miss')
  })

  it('obeys Cache-Control on both sides when told to', () => {
    const { send } = setUp({ cache_control: true })
    const lasting: Answer = {
      headers: [
        ['Content-Type', 'text/plain'],
        ['Cache-Control', 'max-age=60'],
      ],
    }
    expect(send({ headers: [['Cache-Control', 'only-if-cached']] }).exit).toEqual({ kind: 'nginx', status: 504 })
    expect(send().status).toBe('Bypass')
    expect(send({}, lasting).status).toBe('Miss')
    expect(send().status).toBe('Hit')
    expect(send({ headers: [['Cache-Control', 'no-cache']] }).status).toBe('Bypass')
  })
})

it.each([
  ['application/json', 'application/json', true],
  ['application/json', 'application/json; charset=utf-8', false],
  ['application/json; charset=utf-8', 'application/json;charset=utf-8', true],
  ['text/*', 'text/css', true],
  ['*/*', 'text/css; a=b', false],
])('a cache of %s takes %s: %s', (wanted, given, taken) => {
  expect(includesMediaType(wanted, given)).toBe(taken)
})

it('drops the longest unused answers when there are too many bytes', () => {
  const cache = new ResponseCache(10_000)
  const answer = { status: 200, headers: [], body: Buffer.alloc(4_000), timestamp: 0, ttl: 1, dropAt: 10 }
  cache.set('a', answer)
  cache.set('b', answer)
  cache.get('a', 0)
  cache.set('c', answer)
  expect(['a', 'b', 'c'].map((key) => cache.get(key, 0) !== undefined)).toEqual([true, false, true])
})

it('keeps no answer that is too long, and gives up recording it on the way', () => {
  const exchange = testExchange({})
  const config = configOf(proxyCache, { strategy: 'memory' })
  proxyCache.access(exchange, config)
  answerOf(exchange, 200, [['Content-Type', 'text/plain']])
  proxyCache.headerFilter(exchange, config)
  const piece = Buffer.alloc(1048576)
  for (let i = 0; i <= 16; i++) expect(proxyCache.bodyFilter(exchange, config, piece, false)).toBe(piece)
  expect(proxyCache.readsBody(exchange)).toBe(false)
  proxyCache.bodyFilter(exchange, config, piece, true)
  const again = testExchange({ configuration: exchange.configuration })
  expect(proxyCache.access(again, config)).toBeUndefined()
})

it('gives a stored header again whatever it is called', () => {
  const configuration = new Configuration()
  const config = configOf(proxyCache, { strategy: 'memory' })
  const first = testExchange({ configuration })
  proxyCache.access(first, config)
  const headers = [['Content-Type', 'text/plain'] as const, ['__proto__', 'a'] as const, ['constructor', 'b'] as const]
  answerOf(first, 200, headers)
  proxyCache.headerFilter(first, config)
  proxyCache.bodyFilter(first, config, Buffer.from('x'), true)
  const exit = proxyCache.access(testExchange({ configuration }), config) as Exit
  expect(exit.kind === 'exit' && Object.entries(exit.headers ?? {})).toContainEqual(['__proto__', ['a']])
})
