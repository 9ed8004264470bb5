import { describe, expect, it } from 'vitest'
import { cors } from './cors.ts'
import { configOf } from './testing/defaults.ts'
import { answerOf, testExchange } from './testing/exchange.ts'

const ORIGIN = 'http://web.example'

function simple(given: object, origin?: string): Record<string, string> {
  const exchange = testExchange({ headers: origin === undefined ? [] : [['Origin', origin]] })
  const headers = answerOf(exchange)
  cors.headerFilter(exchange, configOf(cors, given))
  return Object.fromEntries(headers)
}

function preflight(given: object, more: [string, string][] = []) {
  const headers: [string, string][] = [['Origin', ORIGIN], ['Access-Control-Request-Method', 'PUT'], ...more]
  const exchange = testExchange({ method: 'OPTIONS', headers })
  return { exchange, exit: cors.access(exchange, configOf(cors, given)) }
}

describe('cors', () => {
  it('lets every origin read the answer by default', () => {
    expect(simple({})).toEqual({ 'Access-Control-Allow-Origin': '*' })
  })

  it('announces the one plain origin whoever asks', () => {
    const announced = { Vary: 'Origin', 'Access-Control-Allow-Origin': ORIGIN }
    expect(simple({ origins: [ORIGIN] }, 'http://other.example')).toEqual(announced)
    expect(simple({ origins: [ORIGIN] })).toEqual(announced)
  })

  it.each([
    [[ORIGIN, 'https://app.example:8443'], 'https://app.example:8443', 'https://app.example:8443'],
    [['http://web.example:80', 'http://b'], ORIGIN, ORIGIN],
    [[ORIGIN, 'http://b'], 'http://WEB.example', undefined],
    [[ORIGIN, '*'], 'http://other.example', '*'],
    [['https?://.*\\.example\\.com'], 'https://a.b.example.com', 'https://a.b.example.com'],
    [['https?://.*\\.example\\.com'], 'http://a.example.com.evil.org', undefined],
    [['(.*)\\.example\\.com'], 'https://a.example.com:8443', 'https://a.example.com:8443'],
  ])('given %j answers %s with %s', (origins, asking, announced) => {
    expect(simple({ origins }, asking)['Access-Control-Allow-Origin']).toBe(announced)
  })

  it('answers a preflight itself', () => {
    const { exit } = preflight({ max_age: 1.5, headers: ['X-One', 'X-Two'] })
    expect(exit).toEqual({
      kind: 'exit',
      status: 200,
      headers: {
        'Access-Control-Allow-Origin': '*',
        'Access-Control-Allow-Headers': 'X-One,X-Two',
        'Access-Control-Allow-Methods': 'GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT',
        'Access-Control-Max-Age': '1.5',
      },
    })
  })

  it('leaves a preflight wholly to the upstream when told to', () => {
    const { exchange, exit } = preflight({ preflight_continue: true })
    expect(exit).toBeUndefined()
    const headers = answerOf(exchange)
    cors.headerFilter(exchange, configOf(cors, { preflight_continue: true }))
    expect([...headers]).toEqual([])
  })

  it('names the asking origin where credentials are allowed for every origin', () => {
    expect(simple({ credentials: true }, ORIGIN)).toEqual({
      'Access-Control-Allow-Origin': ORIGIN,
      Vary: 'Origin',
      'Access-Control-Allow-Credentials': 'true',
    })
    expect(simple({ credentials: true })).toEqual({ 'Access-Control-Allow-Origin': '*' })
  })

  it('refuses an origin that is a broken expression', () => {
    const check = cors.schema.fields?.origins?.elements?.custom as unknown as (origin: string) => string | undefined
    expect(check('http://(a')).toBe("'http://(a' is not a valid regex")
    expect(check('*')).toBeUndefined()
  })
})
