import { describe, expect, it } from 'vitest'
import { requestTransformer } from './request-transformer.ts'
import { configOf } from './testing/defaults.ts'
import { type Given, testExchange } from './testing/exchange.ts'

async function send(given: object, request: Given = {}, captures?: Record<string, string>) {
  const exchange = testExchange(request)
  if (exchange.match) exchange.match = { ...exchange.match, captures }
  await requestTransformer.access(exchange, configOf(requestTransformer, given))
  return exchange.upstream
}

const json = (body: string): Given => ({ method: 'POST', headers: [['Content-Type', 'application/json']], body })

describe('request-transformer', () => {
  it('removes, renames, replaces, adds and appends headers, in this order', async () => {
    const rules = {
      remove: { headers: ['X-Gone'] },
      rename: { headers: ['X-Old:X-New'] },
      replace: { headers: ['X-There:new', 'X-Absent:new', 'host:api.example:8080'] },
      add: { headers: ['X-There:more', 'X-Added:1', 'host:ignored'] },
      append: { headers: ['X-Added:2'] },
    }
    const headers: [string, string][] = [
      ['x-gone', '1'],
      ['x-old', 'a'],
      ['x-old', 'b'],
      ['x-there', 'old'],
    ]
    const upstream = await send(rules, { headers })
    const lines = [...upstream.headers].map(([name, value]) => `${name.toLowerCase()}: ${value}`)
    expect(lines.sort()).toEqual([
      'host: localhost',
      'x-added: 1',
      'x-added: 2',
      'x-new: a',
      'x-new: b',
      'x-there: new',
    ])
    expect(upstream.hostHeader).toBe('api.example:8080')
  })

  it('finds headers with dashes by names with underscores, and leaves them as they are', async () => {
    const rules = { replace: { headers: ['x_there:new'] }, add: { headers: ['x_there:more'] } }
    const { headers } = await send(rules, { headers: [['X-There', 'old']] })
    expect([headers.all('x-there'), headers.all('x_there')]).toEqual([['old'], ['new']])
    const appended = await send({ append: { headers: ['x_there:more'] } }, { headers: [['X-There', 'old']] })
    expect(appended.headers.all('x-there')).toEqual(['old'])
    expect(appended.headers.all('x_there')).toEqual(['old', 'more'])
  })

  it('keeps a header that is renamed to its own name, and never makes a second Host', async () => {
    const rules = { rename: { headers: ['X-A:x-a', 'X-B:Host'] }, append: { headers: ['Host:second'] } }
    const upstream = await send(rules, {
      headers: [
        ['X-A', '1'],
        ['X-B', 'b.example'],
      ],
    })
    expect(upstream.headers.all('x-a')).toEqual(['1'])
    expect(upstream.hostHeader).toBe('b.example')
    expect(upstream.headers.all('host')).toEqual(['localhost'])
  })

  it('writes a changed query anew, its names in order', async () => {
    expect((await send({ add: { querystring: ['m:1'] } }, { target: '/?z=1&a=2' })).query).toBe('a=2&m=1&z=1')
    expect((await send({ remove: { querystring: ['a'] } }, { target: '/?a' })).query).toBeUndefined()
    expect((await send({ append: { querystring: ['a:9'] } }, { target: '/?a=1&a=2' })).query).toBe('a=1&a=2&a=9')
    const mixed = { target: '/?a=1&a-b=2&a1=3&a%5B%5D=4&b' }
    expect((await send({ append: { querystring: ['a:0'] } }, mixed)).query).toBe('a%5B%5D=4&a-b=2&a1=3&a=1&a=0&b')
    expect((await send({ remove: { querystring: ['a'] } }, { target: '/?a=?' })).query).toBe('')
  })

  it('shows templates the request as it is when they first ask', async () => {
    const form: Given = {
      method: 'POST',
      headers: [
        ['Content-Type', 'application/x-www-form-urlencoded'],
        ['X-A', 'old'],
      ],
      body: 'a=1',
    }
    const rules = {
      http_method: 'GET',
      replace: { headers: ['X-A:new'] },
      add: { querystring: ['b:$(headers["x-a"])', 'c:$(query_params.a)'] },
    }
    expect((await send(rules, form)).query).toBe('a=1&b=new&c=1')
    const early = { ...rules, add: { headers: ['X-B:$(headers["x-a"])'], querystring: ['b:$(headers["x-a"])'] } }
    const upstream = await send(early, form)
    expect([upstream.headers.get('x-b'), upstream.query]).toEqual(['old', 'a=1&b=old'])
  })

  it('escapes a path that it sets, and fails for a method that nginx does not know', async () => {
    expect((await send({ replace: { uri: '/a b/\u00e9?x=%41' } })).path).toBe('/a%20b/%C3%A9?x=%41')
    await expect(send({ http_method: 'SEND' })).rejects.toThrow("'SEND' is no method that nginx knows")
  })

  it('reads a body by the type that it has given it', async () => {
    const rules = { replace: { headers: ['Content-Type:application/json'] }, add: { body: ['b:2'] } }
    const request: Given = { method: 'POST', headers: [['Content-Type', 'text/plain']], body: '{"a":"1"}' }
    expect((await send(rules, request)).body?.toString()).toBe('{"a":"1","b":"2"}')
  })

  it.each([
    [{ remove: { body: ['a'] } }, '{"a":1,"b":[1,{"c":null}]}', '{"b":[1,{"c":null}]}'],
    [{ add: { body: ['a:new'] } }, '{"a":false}', '{"a":"new"}'],
    [{ add: { body: ['a:new'] } }, '{"a":null}', undefined],
    [{ append: { body: ['a:2'] } }, '{"a":"1"}', '{"a":["1","2"]}'],
    [{ add: { body: ['a:1'] } }, '{"a":', undefined],
    [{ rename: { body: ['a:b'] } }, '{"a":false}', undefined],
    [{ rename: { body: ['a:a'] } }, '{"a": 1}', undefined],
    [{ rename: { body: ['a:b'] } }, '[1, 2]', undefined],
    [{ replace: { body: ['a:b'] } }, '"text"', undefined],
    [{ add: { body: ['a:b'] } }, '[1, 2]', '[1,2]'],
    [{ append: { body: ['a:2', 'a:3'] } }, '{"a":{"x":1}}', '{"a":{"1":"2","2":"3","x":1}}'],
  ])('given %j makes of the JSON %s %s', async (rules, body, changed) => {
    expect((await send(rules, json(body))).body?.toString()).toBe(changed)
  })

  it('sees nothing of a body that is longer than the buffer for bodies, as in Kong', async () => {
    const long = json(JSON.stringify({ a: 'x'.repeat(10_000) }))
    expect((await send({ remove: { body: ['a'] } }, long)).body).toBeUndefined()
    expect((await send({ add: { body: ['b:1'] } }, long)).body?.toString()).toBe('{"b":"1"}')
  })

  it('fails for a JSON body that has no fields', async () => {
    await expect(send({ add: { body: ['a:1'] } }, json('5'))).rejects.toThrow('the body is a number')
  })

  it('keeps the other parts of a multipart body', async () => {
    const part = (disposition: string, value: string) =>
      `--edge\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${value}\r\n`
    const file = part('name="f"; filename="a.txt"', 'line1\r\nline2')
    const request: Given = {
      method: 'POST',
      headers: [['Content-Type', 'multipart/form-data; boundary=edge']],
      body: `${file}${part('name="a"', '1')}--edge--\r\n`,
    }
    const rules = { remove: { body: ['a'] }, add: { body: ['z:9'] } }
    expect((await send(rules, request)).body?.toString()).toBe(`${file}${part('name="z"', '9')}--edge--\r\n`)
  })

  it.each([
    ['renames before it removes', { rename: { body: ['b:a'] }, remove: { body: ['a'] } }, 'c=3'],
    ['renames into the place of a field', { rename: { body: ['c:a'] } }, 'a=3 b=2'],
    ['puts what it replaces at the end', { replace: { body: ['a:9'] } }, 'b=2 c=3 a=9'],
    ['leaves an empty body where nothing is left', { remove: { body: ['a', 'b', 'c'] } }, ''],
  ])('in a multipart body %s', async (_, rules, fields) => {
    const part = (name: string, value: string) =>
      `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    const request: Given = {
      method: 'POST',
      headers: [['Content-Type', 'multipart/form-data; boundary=edge']],
      body: `${part('a', '1')}${part('b', '2')}${part('c', '3')}--edge--\r\n`,
    }
    const written = fields.split(' ').map((field) => part(...(field.split('=') as [string, string])))
    const expected = fields === '' ? '' : `${written.join('')}--edge--\r\n`
    expect((await send(rules, request)).body?.toString()).toBe(expected)
  })

  it('puts a form into the query where the new method has no body', async () => {
    const form: Given = {
      method: 'POST',
      target: '/?a=0',
      headers: [['Content-Type', 'application/x-www-form-urlencoded']],
      body: 'a=1',
    }
    expect(await send({ http_method: 'GET' }, form)).toMatchObject({ method: 'GET', query: 'a=0&a=1' })
  })

  it.each([
    ['$(headers["x-a"])-$(headers.x_a)', 'v-v'],
    ['$(query_params.user)', 'anna b'],
    ['/v2/$(uri_captures[1])/$(uri_captures.kind)', '/v2/users/users'],
    ['$(headers.nothing or "none")', 'none'],
    ['$(headers["x-a"] and headers["x-a"]:upper() or "none")', 'V'],
    ['$(1 + 2 * 3) $(type(headers.host)) 5$ $x $$(headers.host)', '7 string 5$ $x $localhost'],
    ['$(tostring or string or kong or "no function but type")', 'no function but type'],
    ['$(#headers["x-b"]) $(#uri_captures) $(#query_params)', '2 1 0'],
    ['[$(uri_captures["1"])]', '[]'],
  ])('renders %s as %s', async (template, text) => {
    const request: Given = {
      target: '/?user=anna%20b',
      headers: [
        ['X-A', 'v'],
        ['X-B', '1'],
        ['X-B', '2'],
      ],
    }
    const upstream = await send({ add: { headers: [`X-Out:${template}`] } }, request, { 1: 'users', kind: 'users' })
    expect(upstream.headers.get('X-Out')).toBe(text)
  })

  it.each([
    ['$(headers["x-a"]:upper())', 'index'],
    ['$(os.getenv("HOME"))', 'index'],
    ['$(string.rep("x", 9))', 'index'],
    ['$(tostring(headers.host))', 'call'],
  ])('fails where %s would in Lua', (template, verb) => {
    expect(() =>
      requestTransformer.access(
        testExchange(),
        configOf(requestTransformer, { add: { headers: [`X-A:${template}`] } }),
      ),
    ).toThrow(`attempt to ${verb} nil`)
  })

  it('refuses templates that it can not run, and entries without a value', () => {
    const { add } = requestTransformer.schema.fields ?? {}
    const check = add?.fields?.headers?.elements?.custom as unknown as (text: string) => string | undefined
    expect(check('X-A:$(headers.host:gsub("a", "b"))')).toMatch(/^unsupported template: the method 'gsub'/)
    expect(check('X-A:$(string.rep("x", 9))')).toBeUndefined()
    expect(check('X-A:$(for)')).toBe("unsupported template: unexpected 'for'")
    expect(check('X-A:$(headers.end)')).toBe('unsupported template: a name expected')
    expect(check('X-A:')).toBe("key 'X-A' has no value")
    expect(check('X A:1')).toBe("'X A' is not a valid header")
  })
})
