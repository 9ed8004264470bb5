import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { registry } from '../plugins/index.ts'
import { type LoadOptions, type LoadResult, loadConfiguration } from './load.ts'

const load = (text: string | object, options: Partial<LoadOptions> = {}): LoadResult =>
  loadConfiguration(text, { registry, vaultEnv: {}, ...options })

function loaded(text: string | object, options: Partial<LoadOptions> = {}) {
  const result = load(text, options)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result
}

function refused(text: string | object, options: Partial<LoadOptions> = {}) {
  const result = load(text, options)
  if (result.ok) throw new Error('it was taken')
  return result
}

const version = { _format_version: '3.0' }
const only = <T>(table: ReadonlyMap<string, T>): T => {
  const [value] = table.values()
  if (value === undefined || table.size !== 1) throw new Error(`${table.size} entities`)
  return value
}

describe('ids', () => {
  it('follow from names, as Kong derives them', () => {
    const { configuration } = loaded({
      ...version,
      services: [{ name: 'foo', host: 'a.test', plugins: [{ name: 'cors' }] }],
      consumers: [{ username: '774f8446-6427-43f9-9962-ce7ab8097fe4' }],
    })
    expect(only(configuration.table('services')).id).toBe('2933fbcc-9d7c-54a7-a984-fe2bde836cea')
    expect(only(configuration.table('consumers')).id).toBe('68d5de9f-2211-5ed8-b827-22f57a492d0f')
    expect(only(configuration.table('plugins')).id).toBe('9c5d5c31-c3ab-5cab-b1ac-c2cb83d514da')
  })

  it('are random where there is no name, and new at every load', () => {
    const id = () => only(loaded({ ...version, services: [{ host: 'a.test' }] }).configuration.table('services')).id
    expect(id()).not.toBe(id())
  })
})

describe('nesting and references', () => {
  it('gives what is nested a reference to what it is nested in', () => {
    const { configuration } = loaded({
      ...version,
      services: [{ name: 's', host: 'a.test', routes: [{ name: 'r', paths: ['/'], plugins: [{ name: 'cors' }] }] }],
    })
    const service = only(configuration.table('services'))
    const route = only(configuration.table('routes'))
    expect(route.service).toEqual({ id: service.id })
    expect(only(configuration.table('plugins'))).toMatchObject({
      route: { id: route.id },
      service: null,
      consumer: null,
    })
  })

  it('finds by name or by id what comes later in the file', () => {
    const id = '4b6c9a8e-3f5c-4d57-9a52-2f6f0cbb0b03'
    const { configuration } = loaded({
      ...version,
      routes: [
        { name: 'by-name', paths: ['/a'], service: 's' },
        { name: 'by-id', paths: ['/b'], service: id },
      ],
      services: [{ name: 's', id, host: 'a.test' }],
    })
    expect([...configuration.table('routes').values()].map(({ service }) => service)).toEqual([{ id }, { id }])
  })
})

describe('values', () => {
  it('are what libyaml takes them for', () => {
    const { configuration } = loaded(
      '_format_version: "3.0"\nservices:\n- {name: y, host: a.test, enabled: no, port: 0x50, retries: 010, connect_timeout: 1_000}\n',
    )
    expect(only(configuration.table('services'))).toMatchObject({
      name: 'y',
      enabled: false,
      port: 80,
      retries: 8,
      connect_timeout: 1000,
    })
  })

  it('come through anchors and merge keys', () => {
    const { configuration } = loaded(
      '_format_version: "3.0"\n_ignore:\n- &base {host: a.test, port: 81}\nservices:\n- {name: s, <<: *base, port: 82}\n',
    )
    expect(only(configuration.table('services'))).toMatchObject({ host: 'a.test', port: 82 })
  })

  it('are refused where aliases would blow them up', () => {
    const lines = Array.from({ length: 12 }, (_, i) => `- &l${i + 1} [${Array(10).fill(`*l${i}`).join(', ')}]`)
    const { problems } = refused(`_format_version: "3.0"\n_ignore:\n- &l0 [x]\n${lines.join('\n')}\n`)
    expect(problems[0]?.message).toBe('too many aliases')
  })

  it('hash passwords with the consumer they belong to, unless that was done before', () => {
    const consumers = [{ username: 'ann', basicauth_credentials: [{ username: 'u', password: 'secret' }] }]
    const password = (document: object) => only(loaded(document).configuration.table('basicauth_credentials')).password
    expect(password({ ...version, consumers })).toBe('4df5d9703401f7319bfca40273970d09ab059d03')
    expect(password({ ...version, _transform: false, consumers })).toBe('secret')
  })
})

describe('the environment', () => {
  const yaml = `_format_version: "3.0"
services:
- name: s
  host: "\${{ env "DECK_HOST" }}"
  port: \${{ env "DECK_PORT" | toInt }}
  path: /v\${{ env "DECK_VERSION" }}
  routes: [{ name: \${{ env "DECK_VERSION" }}, paths: [/] }]
`

  it('is put in after parsing, typed as the file says', () => {
    const { configuration } = loaded(yaml, { env: { DECK_HOST: 'a.test', DECK_PORT: '8080', DECK_VERSION: '1' } })
    expect(only(configuration.table('services'))).toMatchObject({ host: 'a.test', port: 8080, path: '/v1' })
    expect(only(configuration.table('routes')).name).toBe('1')
  })

  it('is told of where a variable is unset or of the wrong kind', () => {
    const { problems } = refused(yaml, { env: { DECK_HOST: 'a.test', DECK_PORT: 'x' } })
    expect(problems).toEqual([
      { line: 5, column: 9, path: 'services[0].port', message: "environment variable 'DECK_PORT' is not an integer" },
      { line: 6, column: 11, path: 'services[0].path', message: "environment variable 'DECK_VERSION' is not set" },
      {
        line: 7,
        column: 20,
        path: 'services[0].routes[0].name',
        message: "environment variable 'DECK_VERSION' is not set",
      },
    ])
  })

  it('changes the hash when it changes a value', () => {
    const hash = (port: string) =>
      loaded(yaml, { env: { DECK_HOST: 'a', DECK_PORT: port, DECK_VERSION: '1' } }).configuration.hash
    expect(hash('1')).not.toBe(hash('2'))
    expect(hash('1')).toBe(hash('1'))
  })

  it('is not looked at where Kong would not: the text stays', () => {
    const text = `{"_format_version":"3.0","consumers":[{"username":"\${{ env \\"DECK_X\\" }}"}]}`
    expect(only(loaded(text).configuration.table('consumers')).username).toBe('${{'.concat(' env "DECK_X" }}'))
  })
})

describe('secrets in vaults', () => {
  const document = {
    ...version,
    vaults: [{ name: 'env', prefix: 'mine', config: { prefix: 'shop_' } }],
    plugins: [
      {
        name: 'rate-limiting',
        config: {
          minute: 5,
          policy: 'redis',
          redis: { host: 'r.test', username: '{vault://env/redis-user}', password: '{vault://mine/redis/password}' },
        },
      },
    ],
  }

  it('are looked up for use, and not shown', () => {
    const vaultEnv = { REDIS_USER: 'u', SHOP_REDIS: '{"password":"p"}' }
    const { configuration, flattened, warnings } = loaded(document, { vaultEnv })
    const plugin = only(configuration.table('plugins'))
    expect(plugin.config).toMatchObject({ redis: { username: 'u', password: 'p' } })
    expect(configuration.shown('plugins', plugin).config).toMatchObject({
      redis: { username: '{vault://env/redis-user}', password: '{vault://mine/redis/password}' },
    })
    expect(JSON.stringify(flattened)).not.toContain('"p"')
    expect(warnings).toEqual([])
  })

  it('count as empty where they are missing, with a warning', () => {
    const { configuration, warnings } = loaded(document)
    expect(only(configuration.table('plugins')).config).toMatchObject({ redis: { username: '', password: '' } })
    expect(warnings.map(({ path }) => path)).toEqual(['plugins[0]', 'plugins[0]'])
  })
})

describe('errors of what belongs together', () => {
  const fieldsOf = (document: object) => (refused({ ...version, ...document }).error as { fields: unknown }).fields

  it.each([
    [
      'a kind that is not known stops all other checks',
      { plugins: [{ name: 'nope', bogus: 1 }], routes: [{ protocols: [], bogus: 1 }] },
      {
        plugins: [{ name: "plugin 'nope' not enabled; add it to the 'plugins' configuration property" }],
        routes: [{ protocols: 'unknown type: nil' }],
      },
    ],
    [
      'repeated members of a set count once in the places of errors',
      { routes: [{ paths: ['/'], methods: ['GET', 'GET', 'bad'] }] },
      { routes: [{ methods: [null, 'invalid value: bad'] }] },
    ],
    [
      'a Redis is named by a host alone, and its certificate by a name',
      {
        plugins: [
          { name: 'rate-limiting', config: { minute: 1, redis: { host: 'a:6379', server_name: '10.0.0.1' } } },
          { name: 'response-ratelimiting', config: { limits: { a: { minute: 1 } }, redis_host: 'a b' } },
        ],
      },
      {
        plugins: [
          { config: { redis: { host: 'must not have a port', server_name: 'must not be an IP' } } },
          { config: { redis: { host: 'invalid value: a b' } } },
        ],
      },
    ],
    [
      'a log server is told of one user only, in headers with proper names',
      {
        plugins: [
          { name: 'http-log', config: { http_endpoint: 'http://a.test', headers: { 'a b': 'c' } } },
          {
            name: 'http-log',
            instance_name: 'two',
            id: '4b6c9a8e-3f5c-4d57-9a52-2f6f0cbb0b01',
            config: { http_endpoint: 'http://u:p@a.test', headers: { authorization: 'c' } },
          },
        ],
      },
      {
        plugins: [
          { config: { headers: "bad header name 'a b', allowed characters are A-Z, a-z, 0-9, '_', and '-'" } },
          {
            config: "specifying both an 'Authorization' header and user info in 'http_endpoint' is not allowed",
          },
        ],
      },
    ],
    [
      'ip-restriction may be for any protocol',
      { plugins: [{ name: 'ip-restriction', config: { allow: ['10.0.0.1'] }, protocols: ['udp', 'ws'] }] },
      {
        plugins: [{ protocols: [null, 'expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp'] }],
      },
    ],
    [
      'nothing is no member of a list',
      { routes: [{ paths: [null, '/'] }] },
      { routes: [{ paths: ['required field missing'] }] },
    ],
    [
      'what is asked for by another field is judged as it would be alone',
      { upstreams: [{ name: 'u', hash_on: 'header', hash_on_header: 'a b' }] },
      {
        upstreams: [
          {
            hash_on_header: "bad header name 'a b', allowed characters are A-Z, a-z, 0-9, '_', and '-'",
            '@entity': ["failed conditional validation given value of field 'hash_on'"],
          },
        ],
      },
    ],
    [
      'a password needs its consumer',
      { basicauth_credentials: [{ username: 'u', password: 'p' }] },
      {
        basicauth_credentials: [
          {
            consumer: 'required field missing',
            '@entity': ["all or none of these fields must be set: 'password', 'consumer.id'"],
          },
        ],
      },
    ],
    [
      'server names have one star, first or last',
      { routes: [{ protocols: ['https'], snis: ['*.a.*', 'a.*.b', '1.2.3.4', '*.a b'] }] },
      {
        routes: [
          {
            snis: [
              'only one wildcard must be specified',
              'wildcard must be leftmost or rightmost character',
              'must not be an IP',
              'invalid value: wildcard.a b',
            ],
          },
        ],
      },
    ],
    [
      'a key is given in one form',
      { keys: [{ kid: 'a' }, { kid: 'b', jwk: '{"kid":"c"}' }] },
      {
        keys: [
          { '@entity': ["at least one of these fields must be non-empty: 'jwk', 'pem'"] },
          { '@entity': ['kid in jwk.kid must be equal to keys.kid'] },
        ],
      },
    ],
  ])('%s', (_, document, fields) => {
    expect(JSON.parse(JSON.stringify(fieldsOf(document)))).toEqual(fields)
  })

  it('name the likely word for people', () => {
    const { problems } = refused({
      ...version,
      services: [{ name: 'orders', host: 'a.test' }],
      routes: [{ name: 'r', paths: ['/'], service: 'order' }],
    })
    expect(problems.map(({ message }) => message)).toEqual(["there is no 'order' in services; did you mean 'orders'?"])
  })

  it('hold keys and their sets together', () => {
    const jwk = '{"kty":"RSA","kid":"d","n":"AQAB","e":"AQAB"}'
    const { configuration } = loaded({ ...version, key_sets: [{ name: 's', keys: [{ kid: 'd', jwk }] }] })
    expect(only(configuration.table('keys')).set?.id).toBe(only(configuration.table('key_sets')).id)
  })
})

describe('what this gateway has not', () => {
  it.each([
    ['a stream route', { routes: [{ protocols: ['tcp'], sources: [{ ip: '10.0.0.1' }] }] }, 'routes[0].protocols'],
    [
      'a route to a stream service',
      { services: [{ host: 'a', protocol: 'tcp', routes: [{ paths: ['/'] }] }] },
      'services[0].routes[0]',
    ],
    ['WebAssembly filters', { filter_chains: [{ name: 'x' }] }, 'filter_chains'],
    ['another vault', { vaults: [{ name: 'hcv', prefix: 'my-vault' }] }, 'vaults[0].name'],
    ['what only decK knows', { _info: { select_tags: [] } }, '_info'],
  ])('is refused, with the place: %s', (_, document, path) => {
    expect(refused({ ...version, ...document }).problems.map((problem) => problem.path)).toEqual([path])
  })
})

describe('what is valid but hardly meant', () => {
  it.each([
    ['a route without a name', { routes: [{ paths: ['/'] }] }, 'routes[0]', 'its id changes at every load'],
    ['tokens without an end', { plugins: [{ name: 'jwt' }] }, 'plugins[0]', 'expired tokens pass'],
    [
      'cookies for everybody',
      { plugins: [{ name: 'cors', config: { credentials: true } }] },
      'plugins[0].config',
      'any site may',
    ],
    [
      'a plugin that never runs',
      { consumers: [{ username: 'a', plugins: [{ name: 'acl', config: { allow: ['g'] } }] }] },
      'consumers[0].plugins[0].name',
      'never runs',
    ],
    [
      'a target that stays ill',
      { upstreams: [{ name: 'u', healthchecks: { passive: { unhealthy: { timeouts: 1 } } } }] },
      'upstreams[0].healthchecks',
      'stays so',
    ],
    [
      'a priority that wraps',
      { routes: [{ name: 'r', paths: ['~/a$'], regex_priority: -1 }] },
      'routes[0].regex_priority',
      '0 to 4095',
    ],
  ])('is taken with a warning: %s', (_, document, path, message) => {
    const { warnings } = loaded({ ...version, ...document })
    expect(warnings.map((warning) => warning.path)).toEqual([path])
    expect(warnings[0]?.message).toContain(message)
  })
})

describe('the shop', () => {
  it('has a kong.yml that is valid', () => {
    const names = readFileSync(new URL('../../../kong.yml', import.meta.url), 'utf8').matchAll(/env "(DECK_\w+)"/g)
    const env = Object.fromEntries([...names].map(([, name = ''], i) => [name, valueFor(name, i)]))
    const result = load(readFileSync(new URL('../../../kong.yml', import.meta.url), 'utf8'), { env })
    expect(result.ok ? result.warnings : result.problems).toEqual([])
  })
})

function valueFor(name: string, i: number): string {
  if (/PORT/.test(name)) return '8080'
  if (/PUBLIC|PEM/.test(name)) return PUBLIC_KEY
  return /KID|ID$|KEY/.test(name) ? `key-${i}` : `127.0.0.1`
}

const PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----`
