import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadConfiguration } from '../config/load.ts'
import { HeaderList } from '../headers.ts'
import { createExhaustiveRouter, createRouter } from './matcher.ts'
import type { RoutingInput } from './router.ts'

type RouteDocument = Record<string, unknown>

function configure(routes: readonly RouteDocument[]) {
  const services = [
    { name: 's', url: 'http://127.0.0.1:9', routes: routes.map((route, i) => ({ name: `r${i}`, ...route })) },
  ]
  const result = loadConfiguration({ _format_version: '3.0', services }, { registry: new Map() })
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.configuration
}

const request = (rawPath: string, more: Partial<RoutingInput> = {}): RoutingInput => ({
  method: 'GET',
  rawPath,
  host: 'shop.test',
  port: 8000,
  scheme: 'http',
  sni: undefined,
  headers: new HeaderList(),
  ...more,
})

const routed = (routes: readonly RouteDocument[], input: RoutingInput) => createRouter(configure(routes)).match(input)

describe('the router', () => {
  it('takes the longest prefix', () => {
    expect(
      routed([{ paths: ['/'] }, { paths: ['/users'] }, { paths: ['/users/me'] }], request('/users/me/x'))?.route.name,
    ).toBe('r2')
  })

  it('prefers a regular expression to a longer prefix', () => {
    expect(routed([{ paths: ['/users/me'] }, { paths: ['~/users/\\w+'] }], request('/users/me'))?.route.name).toBe('r1')
  })

  it('prefers a plain host to a wildcard', () => {
    expect(routed([{ hosts: ['*.test'] }, { hosts: ['shop.test'] }], request('/'))?.route.name).toBe('r1')
  })

  it('gives the groups of a regular expression by number and by name', () => {
    const match = routed([{ paths: ['~/orders/(?<id>\\d+)(/(?<sub>\\w+))?'] }], request('/orders/7'))
    expect(match).toMatchObject({ matchedPath: '/orders/7', captures: { 1: '7', id: '7' } })
    expect(match?.captures).not.toHaveProperty('sub')
  })

  it('finds nothing for a path that is not UTF-8 where routes have paths', () => {
    expect(routed([{ paths: ['/'] }], request('/%ff'))).toBeUndefined()
  })

  it('compares headers without case, each line by itself', () => {
    const routes = [{ headers: { 'x-version': ['v2'] } }]
    expect(routed(routes, request('/', { headers: new HeaderList(['X-Version', 'V2']) }))).toBeDefined()
    expect(routed(routes, request('/', { headers: new HeaderList(['X-Version', 'v1,v2']) }))).toBeUndefined()
  })

  it('finds by its index what trying every route finds', () => {
    const path = fc.constantFrom('/', '/a', '/a/b', '/ab', '/b/c/d', '~/a/\\d+', '~/(a|b)/x$', '~/a.*z')
    const route = fc.record(
      {
        paths: fc.uniqueArray(path, { minLength: 1, maxLength: 3 }),
        hosts: fc.uniqueArray(fc.constantFrom('shop.test', '*.test', 'shop.*', 'a.test:8000'), {
          minLength: 1,
          maxLength: 2,
        }),
        methods: fc.uniqueArray(fc.constantFrom('GET', 'POST'), { minLength: 1 }),
        headers: fc.constant({ 'x-a': ['1'] }),
      },
      { requiredKeys: [] },
    )
    const routes = fc.array(
      route.filter((document) => Object.keys(document).length > 0),
      { minLength: 1, maxLength: 12 },
    )
    const input = fc.record({
      rawPath: fc.constantFrom('/', '/a', '/a/b/c', '/ab', '/a/12', '/b/x', '/a/xyz', '/zz', '/b//c/d'),
      host: fc.constantFrom('shop.test', 'a.test', 'x.org', undefined, 'shop.test:80'),
      method: fc.constantFrom('GET', 'POST', 'PUT'),
      headers: fc.constantFrom(new HeaderList(), new HeaderList(['X-A', '1'])),
    })
    fc.assert(
      fc.property(routes, fc.array(input, { minLength: 1, maxLength: 8 }), (documents, inputs) => {
        const configuration = configure(documents)
        const [indexed, exhaustive] = [createRouter(configuration), createExhaustiveRouter(configuration)]
        for (const { rawPath, ...more } of inputs) {
          expect(indexed.match(request(rawPath, more))).toEqual(exhaustive.match(request(rawPath, more)))
        }
      }),
      { numRuns: 300 },
    )
  })
})
