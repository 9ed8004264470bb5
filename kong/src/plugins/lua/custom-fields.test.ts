import { describe, expect, it } from 'vitest'
import { answerOf, testExchange } from '../testing/exchange.ts'
import { customFieldsByLua, withCustomFields } from './custom-fields.ts'

const check = customFieldsByLua.values?.custom as unknown as (text: string) => string | undefined

describe('custom fields of log entries', () => {
  it('come from Lua expressions over the request, and nil takes a field out', () => {
    const exchange = testExchange({ headers: [['X-Tenant', 'b']], target: '/a?user=ann' })
    answerOf(exchange, 201)
    const fields = {
      tenant: 'return kong.request.get_header("x-tenant")',
      'request.user': 'return kong.request.get_query_arg("user"):upper();',
      status: '\nreturn kong.response.get_status() + 1',
      service: 'return nil',
      missing: 'return kong.request.get_header("none"):upper()',
    }
    expect(withCustomFields({ request: { id: '1' }, service: 's' }, fields, exchange)).toEqual({
      request: { id: '1', user: 'ANN' },
      tenant: 'b',
      status: 202,
    })
  })

  it('may be named like what objects inherit', () => {
    const entry = withCustomFields({}, { ['__proto__']: 'return "x"', constructor: 'return 1' }, testExchange())
    expect(JSON.stringify(entry)).toBe('{"__proto__":"x","constructor":1}')
  })

  it('stay for the log plugins after the one that set them', () => {
    const exchange = testExchange()
    withCustomFields({}, { first: 'return 1', 'a.b': 'return 2' }, exchange)
    expect(withCustomFields({ id: 'x' }, null, exchange)).toEqual({ id: 'x', first: 1, a: { b: 2 } })
    expect(withCustomFields({}, { first: 'return nil' }, exchange)).toEqual({ a: { b: 2 } })
  })

  it.each([
    ['return ((', 'Error parsing function: line 1: the expression ends too early'],
    ['\n\nreturn os.time()', "Error parsing function: line 3: 'os' is not there in log entries of this gateway"],
    [
      'return kong.service.set_target("a", 1)',
      "Error parsing function: line 1: 'kong.service.set_target' is not there in log entries of this gateway",
    ],
    ['local a = 1', "Error parsing function: line 1: the embedded gateway runs only 'return' and an expression"],
    ['return constructor', "Error parsing function: line 1: 'constructor' is not there in log entries of this gateway"],
    ['return "a"', undefined],
  ])('are refused with their line where %j can not run', (text, words) => {
    expect(check(text)).toBe(words)
  })
})
