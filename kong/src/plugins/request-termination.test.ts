import { describe, expect, it } from 'vitest'
import { requestTermination } from './request-termination.ts'
import { configOf } from './testing/defaults.ts'
import { type Given, testExchange } from './testing/exchange.ts'

const send = (given: object, request: Given = {}) =>
  requestTermination.access(testExchange(request), configOf(requestTermination, given))

describe('request-termination', () => {
  it.each([
    [{}, { kind: 'exit', status: 503, body: { message: 'Service unavailable' } }],
    [{ message: 'closed' }, { kind: 'exit', status: 503, body: { message: 'closed' } }],
    [{ status_code: 200 }, { kind: 'exit', status: 200 }],
    [{ status_code: 403 }, { kind: 'nginx', status: 403 }],
    [{ status_code: 418 }, { kind: 'exit', status: 418 }],
    [{ status_code: 499 }, { kind: 'close' }],
    [{ status_code: 408 }, { kind: 'close' }],
    [
      { status_code: 408, message: 'late' },
      { kind: 'exit', status: 408, body: { message: 'late' } },
    ],
    [
      { status_code: 200, body: '<p>', content_type: 'text/html' },
      { kind: 'exit', status: 200, body: '<p>', headers: { 'Content-Type': 'text/html' } },
    ],
  ])('given %j answers %j', (given, exit) => {
    expect(send(given)).toEqual(exit)
  })

  it('acts only where its trigger is among the headers or arguments', () => {
    const given = { trigger: 'X-Stop', status_code: 418 }
    expect(send(given)).toBeUndefined()
    expect(send(given, { headers: [['x-stop', '']] })).toMatchObject({ status: 418 })
    expect(send(given, { target: '/?X-Stop' })).toMatchObject({ status: 418 })
    expect(send(given, { target: '/?x-stop' })).toBeUndefined()
  })

  it('sends the request back when told to', async () => {
    const exit = await send({ echo: true, status_code: 200 }, { target: '/a?b=1&c', headers: [['X-One', '1']] })
    expect(exit).toMatchObject({
      kind: 'exit',
      body: { request: { path: '/a', query: { b: '1', c: true }, headers: { 'x-one': '1' }, raw_body: '' } },
    })
  })

  it('sends the path back as routes see it', async () => {
    const exchange = testExchange({ target: '/a//b/%41' })
    if (exchange.match) exchange.match = { ...exchange.match, path: '/a/b/A' }
    const exit = await requestTermination.access(exchange, configOf(requestTermination, { echo: true }))
    expect(exit).toMatchObject({ body: { request: { path: '/a/b/A' } } })
  })

  it('refuses settings that contradict one another', () => {
    const check = requestTermination.schema.custom as unknown as (config: object) => string | undefined
    expect(check({ message: 'a', body: 'b' })).toBe('message cannot be used with content_type or body')
    expect(check({ content_type: 'text/plain' })).toBe('content_type requires a body')
  })
})
