import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { registry } from '../plugins/index.ts'
import { fuzz, fuzzTimeout } from '../proxy/testing/fuzzing.ts'
import { createRouter } from '../router/matcher.ts'
import { entitySchemas } from './entities/index.ts'
import { type LoadResult, loadConfiguration } from './load.ts'
import { applyDamage, damage } from './testing/damage.ts'
import { placesOf, put } from './testing/places.ts'

const load = (text: string | object): LoadResult => loadConfiguration(text, { registry, env: {}, vaultEnv: {} })

const version = { _format_version: '3.0' }

const good = {
  ...version,
  services: [
    {
      name: 's',
      url: 'http://a.test',
      routes: [{ name: 'r', paths: ['/a'], plugins: [{ name: 'jwt', config: { claims_to_verify: ['exp'] } }] }],
    },
  ],
  upstreams: [
    { name: 'u.test', targets: [{ target: 'a.test:80' }], healthchecks: { active: { healthy: { interval: 1 } } } },
  ],
  consumers: [{ username: 'ann', jwt_secrets: [{ key: 'k' }], acls: [{ group: 'g' }] }],
  vaults: [{ name: 'env', prefix: 'my-env' }],
}

/** Taken and of use, or refused with reasons in both forms; never thrown out of. */
async function isWhole(result: LoadResult): Promise<void> {
  if (result.ok) {
    createRouter(result.configuration)
    expect(Array.isArray(result.warnings)).toBe(true)
    return
  }
  expect(result.problems.length).toBeGreaterThan(0)
  for (const { message } of result.problems) expect(message).not.toMatch(/^\s+at |\.ts:\d/m)
  expect(result.error).toMatchObject({ code: 14, name: 'invalid declarative configuration' })
  expect(JSON.stringify(result.flattenedError)).toContain('declarative config is invalid')
}

const files = [
  readFileSync(new URL('../../../kong.yml', import.meta.url), 'utf8'),
  JSON.stringify(good),
  JSON.stringify(good, undefined, 2),
  `_format_version: "3.0"\nservices:\n- &s {name: s, host: a.test}\n- <<: *s\n  name: t\n  tags: [x, 'y', "z"]\n`,
]

const damagedFiles = fc
  .tuple(fc.constantFrom(...files), fc.array(damage, { minLength: 1, maxLength: 4 }))
  .map(([file, changes]) => changes.reduce(applyDamage, file))

/** Trees of Kong's own names with anything beneath them. */
const names = [...entitySchemas.values()].flatMap(({ name, fields }) => [name, ...Object.keys(fields)])
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constantFrom(null, 'http', 'jwt', '/', 's')),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names, 'config', '_ignore', '__proto__'), tie('tree'), { maxKeys: 5 }),
  ),
}))

const documents = fc.dictionary(fc.constantFrom(...entitySchemas.keys(), 'x'), tree, { maxKeys: 4 })

describe('a configuration of any kind is taken or refused with reasons', () => {
  it(
    'whatever its bytes are',
    () =>
      fuzz('bytes of a configuration', fc.uint8Array({ maxLength: 200 }), (bytes) =>
        isWhole(load(Buffer.from(bytes).toString('utf8'))),
      ),
    fuzzTimeout,
  )

  it(
    'whatever was done to a good file',
    () => fuzz('damaged files', damagedFiles, (text) => isWhole(load(text))),
    fuzzTimeout,
  )

  it(
    'whatever stands beneath the names that Kong knows',
    () => fuzz('trees of names', documents, (document) => isWhole(load({ ...version, ...document }))),
    fuzzTimeout,
  )

  it(
    'whatever stands in the place of a value of a good file',
    () => {
      const places = placesOf(good)
      return fuzz(
        'replaced values',
        fc.tuple(fc.constantFrom(...places), fc.anything({ maxDepth: 2 })),
        async ([place, value]) => {
          const document = structuredClone(good)
          put(document, place, JSON.parse(JSON.stringify(value) ?? 'null'))
          await isWhole(load(document))
          await isWhole(load(JSON.stringify(document)))
        },
      )
    },
    fuzzTimeout,
  )

  it('though its names mean something in JavaScript', () => {
    const document =
      '{"_format_version":"3.0","services":[{"name":"s","host":"a.test","__proto__":{"id":"x"},"constructor":1}]}'
    expect(messagesOf(load(document))).toEqual(["unknown field '__proto__'", "unknown field 'constructor'"])
  })

  it('though it is nested beyond measure', () => {
    const yaml = `_format_version: "3.0"\n_ignore: ${'['.repeat(5000)}${']'.repeat(5000)}\n`
    expect(messagesOf(load(yaml))).toEqual(['nested too deeply'])
    const json = `{"_format_version":"3.0","services":[{"tags":${'['.repeat(50_000)}${']'.repeat(50_000)}}]}`
    expect(messagesOf(load(json)).length).toBeGreaterThan(0)
  })

  it.each([
    ['aliases', (i: number) => `a${i}: &a${i} [${'*a'.concat(String(i - 1), ', ').repeat(9)}]\n`],
    [
      'merge keys',
      (i: number) => `a${i}: &a${i} {${Array.from({ length: 9 }, (_, k) => `k${k}: *a${i - 1}`).join(', ')}}\n`,
    ],
  ])('though its %s multiply without end', (_, line) => {
    const lines = Array.from({ length: 12 }, (_, i) => line(i + 1)).join('')
    expect(messagesOf(load(`_format_version: "3.0"\na0: &a0 [x]\n${lines}`))).toEqual(['too many aliases'])
  })
})

it('the ten thousandth route is loaded as well as the first', () => {
  const routes = Array.from(
    { length: 10_000 },
    (_, i) => `- {name: r${i}, paths: ["~/p${i}/(?<id>\\\\d+)$"], methods: [GET]}`,
  )
  const result = load(`_format_version: "3.0"\nroutes:\n${routes.join('\n')}\n`)
  expect(result.ok && result.configuration.table('routes').size).toBe(10_000)
}, 300_000)

const messagesOf = (result: LoadResult): string[] => (result.ok ? [] : result.problems.map(({ message }) => message))
