import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { registry } from '../../plugins/index.ts'
import { readDocument } from '../document/read-entities.ts'
import { loadConfiguration } from '../load.ts'
import { doubtsAbout } from './index.ts'
import { lint } from './lint.ts'

const publicKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' })

function warningsOf(document: object): { path: string; message: string }[] {
  const result = loadConfiguration({ _format_version: '3.0', ...document }, { registry, vaultEnv: {} })
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.warnings.map(({ path, message }) => ({ path, message }))
}

const route = (fields: object) => ({ routes: [{ name: 'r', ...fields }] })

describe('a warning', () => {
  it.each([
    [
      'two equal routes',
      {
        routes: [
          { name: 'a', paths: ['/x'] },
          { name: 'b', paths: ['/x'] },
        ],
      },
      'routes[1]',
      "route 'a'",
    ],
    [
      'a misspelled upstream',
      { upstreams: [{ name: 'user-service' }], services: [{ name: 's', host: 'user-servce' }] },
      'services[0].host',
      "'user-servce' is no upstream of this file; did you mean 'user-service'?",
    ],
    [
      'a host that only DNS could know',
      { upstreams: [{ name: 'user-service' }], services: [{ name: 's', url: 'http://billing:80' }] },
      'services[0].url',
      "'billing' is no upstream of this file; DNS has to resolve it",
    ],
    [
      'a misspelled method',
      route({ paths: ['/a'], methods: ['GET', 'POTS'] }),
      'routes[0].methods',
      "'POTS' is no method of HTTP; did you mean 'POST'?",
    ],
    ['a host in capitals', route({ hosts: ['Shop.test'] }), 'routes[0].hosts', 'lower-case'],
    ['an open expression', route({ paths: ['~/orders/\\d+'] }), 'routes[0].paths', "end it with '$'"],
    ['a prefix with a slash', route({ paths: ['/orders/'] }), 'routes[0].paths', "does not match '/orders'"],
    ['no effect', route({ paths: ['/'], path_handling: 'v1' }), 'routes[0].path_handling', 'no effect'],
    [
      'four kinds',
      route({ paths: ['/a'], hosts: ['a.test'], methods: ['GET'], headers: { x: ['1'] } }),
      'routes[0]',
      'not stable',
    ],
    [
      'preflights that fail',
      { ...route({ paths: ['/a'], methods: ['GET'] }), plugins: [{ name: 'cors' }] },
      'routes[0].methods',
      'OPTIONS',
    ],
    ['keys in logs', { plugins: [{ name: 'key-auth' }] }, 'plugins[0]', 'key_in_query'],
    [
      'what is never cached',
      { plugins: [{ name: 'proxy-cache', config: { strategy: 'memory', content_type: ['text/css'] } }] },
      'plugins[0].config',
      'charset',
    ],
    [
      'a consumer that nobody finds',
      { consumers: [{ username: 'a', plugins: [{ name: 'request-termination' }] }] },
      'consumers[0].plugins[0].name',
      'never runs',
    ],
    [
      'a secret that is none',
      { consumers: [{ username: '{vault://env/name}' }] },
      'consumers[0].username',
      'not looked up',
    ],
    [
      'a disabled service whose route stands elsewhere',
      { services: [{ name: 's', host: 'a.test', enabled: false }], ...route({ paths: ['/'], service: 's' }) },
      'services[0].enabled',
      '404',
    ],
    [
      'checks that are not run',
      { upstreams: [{ name: 'u', healthchecks: { active: { type: 'tcp', healthy: { interval: 1 } } } }] },
      'upstreams[0].healthchecks',
      'tcp',
    ],
    [
      'a header that is never found',
      { upstreams: [{ name: 'u', hash_on: 'header', hash_on_header: 'x-user' }] },
      'upstreams[0].hash_on_header',
      "'x_user'",
    ],
  ])('tells of %s', (_, document, path, message) => {
    const warnings = warningsOf(document)
    expect(warnings.map((warning) => warning.path)).toEqual([path])
    expect(warnings[0]?.message).toContain(message)
  })

  it.each(['user-service', 'localhost', '10.0.0.1', 'user.internal', '::1'])(
    "is not given for the host '%s'",
    (host) => {
      expect(warningsOf({ upstreams: [{ name: 'user-service' }], services: [{ name: 's', host }] })).toEqual([])
    },
  )

  it.each(['orders', 'billing'])("is not given for the host '%s' of a file without upstreams", (host) => {
    expect(warningsOf({ services: [{ name: 's', host }] })).toEqual([])
  })

  it('is not given where all is well', () => {
    expect(
      warningsOf({
        services: [
          {
            name: 's',
            host: 'a.test',
            routes: [{ name: 'r', paths: ['~/a$', '/b'], methods: ['GET', 'OPTIONS'], plugins: [{ name: 'cors' }] }],
          },
        ],
        plugins: [
          { name: 'key-auth', config: { key_in_query: false } },
          {
            name: 'rate-limiting',
            config: { minute: 1, policy: 'redis', redis: { host: 'r.test', password: 'p' } },
          },
        ],
      }),
    ).toEqual([])
  })

  it.each(['http-log', 'request-termination'])(
    "never looks at the configuration of '%s' as if it were proxy-cache's",
    (name) => {
      const config =
        name === 'http-log' ? { http_endpoint: 'http://log.test' } : { content_type: 'text/plain', body: 'x' }
      expect(warningsOf({ plugins: [{ name, config }] })).toEqual([])
    },
  )

  it('names the lint that fails, once, and leaves the others running', () => {
    const document = { upstreams: [{ name: 'a.test' }, { name: 'b.test' }] }
    const { nodes } = readDocument(document, { registry, style: 'name' })
    const fails = lint({
      on: 'upstreams',
      about: 'a lint with a defect',
      find: () => {
        throw new TypeError('nothing is not a function')
      },
    })
    const works = lint({ on: 'upstreams', about: 'x', find: ({ name }) => ({ field: 'name', message: name }) })
    expect(doubtsAbout(nodes, [fails, works])).toEqual([
      {
        path: ['upstreams', 0],
        message: expect.stringMatching(
          /^the lint "a lint with a defect" failed, .*TypeError: nothing is not a function$/,
        ),
      },
      { path: ['upstreams', 0, 'name'], message: 'a.test' },
      { path: ['upstreams', 1, 'name'], message: 'b.test' },
    ])
  })
})

describe('a warning about proxy-cache behind authentication', () => {
  const issuer = {
    username: 'shop',
    jwt_secrets: [{ key: 'k', algorithm: 'RS256', rsa_public_key: publicKey, secret: 's' }],
  }
  const cache = (config = {}) => ({
    name: 'proxy-cache',
    config: { strategy: 'memory', content_type: ['text/plain', 'text/plain; charset=utf-8'], ...config },
  })
  const jwt = { name: 'jwt', config: { claims_to_verify: ['exp'] } }
  const shop = (plugins: object[], global: object[] = [], consumers: object[] = [issuer]) => ({
    services: [{ name: 's', host: 'a.test', routes: [{ name: 'r', paths: ['/a'], plugins }] }],
    routes: [{ name: 'other', paths: ['/b'] }],
    plugins: global,
    consumers,
  })
  const shared = expect.stringContaining("get one another's answers")

  it.each([
    ['both run on one route', shop([jwt, cache()]), 'services[0].routes[0].plugins[1].config'],
    ['authentication runs everywhere', shop([cache()], [jwt]), 'services[0].routes[0].plugins[0].config'],
    ['the cache runs everywhere', shop([jwt], [cache()]), 'plugins[0].config'],
    [
      'a consumer has two keys',
      shop(
        [{ name: 'key-auth', config: { key_in_query: false } }, cache()],
        [],
        [{ username: 'a', keyauth_credentials: [{ key: 'k' }, { key: 'l' }] }],
      ),
      'services[0].routes[0].plugins[1].config',
    ],
  ])('is given where %s', (_, document, path) => {
    expect(warningsOf(document)).toEqual([{ path, message: shared }])
  })

  it.each([
    ['the cache runs on another route', { ...shop([jwt]), routes: [{ name: 'o', paths: ['/b'], plugins: [cache()] }] }],
    ['the token is part of the key', shop([jwt, cache({ vary_headers: ['Authorization'] })])],
    ['every consumer has one secret', shop([jwt, cache()], [], [{ username: 'a', jwt_secrets: [{ key: 'k' }] }])],
    ['the cache is off', shop([jwt, { ...cache(), enabled: false }])],
  ])('is not given where %s', (_, document) => {
    expect(warningsOf(document)).toEqual([])
  })
})
