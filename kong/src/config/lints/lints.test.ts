import { describe, expect, it } from 'vitest'
import { registry } from '../../plugins/index.ts'
import { loadConfiguration } from '../load.ts'

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
})
