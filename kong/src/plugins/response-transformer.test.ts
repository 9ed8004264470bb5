import { describe, expect, it } from 'vitest'
import { responseTransformer } from './response-transformer.ts'
import { configOf } from './testing/defaults.ts'
import { answerOf, testExchange } from './testing/exchange.ts'

function transform(given: object, headers: [string, string][], body = '') {
  const exchange = testExchange()
  const config = configOf(responseTransformer, given)
  const answer = answerOf(exchange, 200, headers)
  responseTransformer.headerFilter(exchange, config)
  const [half, rest] = [body.slice(0, 3), body.slice(3)].map((text) => Buffer.from(text)) as [Buffer, Buffer]
  const sent = [
    responseTransformer.bodyFilter(exchange, config, half, false),
    responseTransformer.bodyFilter(exchange, config, rest, true),
  ]
  return { headers: answer, body: Buffer.concat(sent).toString(), rewrites: exchange.response?.rewritesBody }
}

const JSON_TYPE: [string, string][] = [['Content-Type', 'application/json']]

describe('response-transformer', () => {
  it('goes by the headers as they came, in the order of its rules', () => {
    const rules = {
      remove: { headers: ['X-A'] },
      rename: { headers: ['X-B:X-C'] },
      replace: { headers: ['X-C:replaced'] },
      add: { headers: ['X-A:added', 'X-D:added'] },
      append: { headers: ['X-D:appended'] },
    }
    const { headers } = transform(rules, [
      ['X-A', 'a'],
      ['X-B', 'b'],
    ])
    expect([...headers]).toEqual([
      ['X-C', 'b'],
      ['X-D', 'added'],
      ['X-D', 'appended'],
    ])
  })

  it('writes names with underscores as nginx does, with dashes', () => {
    const rules = {
      remove: { headers: ['x_a'] },
      replace: { headers: ['x_b:new'] },
      add: { headers: ['x_b:more', 'x_c:1'] },
      append: { headers: ['x_c:2'] },
    }
    const { headers } = transform(rules, [
      ['X-A', 'a'],
      ['X-B', 'b'],
    ])
    expect([...headers]).toEqual([
      ['X-B', 'new'],
      ['x-c', '1'],
      ['x-c', '2'],
    ])
  })

  it.each([
    [{ remove: { json: ['a'] } }, '{"a":1,"b":2}', '{"b":2}'],
    [{ rename: { json: ['a:b'] } }, '{"a":false}', '{"b":false}'],
    [{ replace: { json: ['a:new'] } }, '{"a":null}', '{"a":"new"}'],
    [{ add: { json: ['a:5', 'b:x'], json_types: ['number', 'number'] } }, '{}', '{"a":5}'],
    [{ append: { json: ['a:true'], json_types: ['boolean'] } }, '{"a":["x"]}', '{"a":["x",true]}'],
    [{ add: { json: ['a:http://h/x\\n'] } }, '{}', '{"a":"http:\\/\\/h\\/x\\\\\\\\n"}'],
    [{ add: { json: ['a:1'] } }, '[1,2]', '[1,2]'],
    [{ add: { json: ['a:1'] } }, '{"a":', '{"a":'],
    [{ rename: { json: ['a:b'] } }, ' "te/xt"', '"te\\/xt"'],
    [{ append: { json: ['a:2'] } }, '{"a":{"x":1}}', '{"a":{"1":"2","x":1}}'],
  ])('given %j makes of %s %s', (rules, body, changed) => {
    expect(transform(rules, JSON_TYPE, body)).toMatchObject({ body: changed, rewrites: true })
  })

  it('leaves bodies that are no JSON alone', () => {
    const rules = { add: { json: ['a:1'] } }
    expect(transform(rules, [['Content-Type', 'text/json']], '{}')).toMatchObject({ body: '{}', rewrites: false })
    expect(transform(rules, [['Content-Type', 'application/problem+json; charset=utf-8']], '{}').body).toBe('{"a":"1"}')
  })

  it('can not go on with JSON that has no members', () => {
    expect(() => transform({ add: { json: ['a:1'] } }, JSON_TYPE, '"text"')).toThrow('the body is a string')
  })
})
