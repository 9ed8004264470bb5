import { afterEach, describe, expect, it } from 'vitest'
import { type LoadResult, loadConfiguration } from '../config/load.ts'
import { registry } from '../plugins/index.ts'
import { ConfigurationLoader } from './configuration-loader.ts'
import { isLarge } from './document-size.ts'

const loaders: ConfigurationLoader[] = []
afterEach(() => {
  for (const loader of loaders.splice(0)) loader.close()
})

function loader(plugins: readonly string[] = ['bundled']): ConfigurationLoader {
  const made = new ConfigurationLoader(registry, plugins)
  loaders.push(made)
  return made
}

const shop = `
_format_version: "3.0"
vaults: [{ name: env, prefix: my-env }]
upstreams:
- name: u.test
  targets: [{ target: "127.0.0.1:9", id: 7d0a1b1e-0f5b-4b5a-9b0a-111111111111 }]
services:
- name: s
  host: u.test
  tags: []
  routes:
  - { name: r, paths: [/a, ~/b/(?<id>\\d+)$], methods: [GET] }
  plugins:
  - name: rate-limiting
    config: { minute: 5, policy: redis, redis: { host: 127.0.0.1, password: "{vault://my-env/secret}" } }
consumers:
- username: ada
  jwt_secrets: [{ id: 7d0a1b1e-0f5b-4b5a-9b0a-222222222222, key: k, secret: \${{ env "DECK_KEY" }} }]
  acls: [{ group: g }]
`
/** So long that it is read in the thread. */
const padded = (text: string) => `${text}\n${'# nothing but words\n'.repeat(2000)}`

const options = { env: { DECK_KEY: 'from the environment' }, vaultEnv: { SECRET: 'from the vault' } }

/** Everything that can be seen of a result but times. */
function seen(result: LoadResult): unknown {
  if (!result.ok) return { ...result }
  const { configuration, warnings, duplicates, flattened } = result
  const tables = configuration.collections.map((name) => {
    const entities = [...configuration.table(name).values()]
    return [name, entities, entities.map((entity) => configuration.shown(name, entity))]
  })
  const text = JSON.stringify({ hash: configuration.hash, tables, warnings, duplicates, flattened })
  return JSON.parse(text.replace(/"(created_at|updated_at)":[\d.]+/g, '"$1":0'))
}

describe('reading configurations while serving', () => {
  it('comes to the same in the thread as here, secrets and what the Admin API shows included', async () => {
    const text = padded(shop)
    expect(isLarge(text)).toBe(true)
    const result = await loader().load({ text, options }, (result) => result)
    expect(result.ok).toBe(true)
    expect(seen(result)).toEqual(seen(loadConfiguration(text, { ...options, registry })))
    expect(JSON.stringify(seen(result))).toMatch(/from the vault.*\{vault:\/\/my-env\/secret\}/)
  })

  it.each([
    padded(shop.replace('minute: 5', 'minutes: 5')),
    padded('services: ['),
    padded(shop.replace('DECK_KEY', 'DECK_MISSING')),
    padded('- a list'),
  ])('refuses in the same words', async (text) => {
    const result = await loader().load({ text, options }, (result) => result)
    expect(result.ok).toBe(false)
    expect(seen(result)).toEqual(seen(loadConfiguration(text, { ...options, registry })))
  })

  it('keeps the order in which it was asked, though small ones take no time', async () => {
    const order: string[] = []
    const reading = loader()
    const note = (name: string) => (result: LoadResult) => {
      order.push(name)
      return result
    }
    const large = reading.load({ text: padded(shop), options }, note('large'))
    const small = reading.load({ text: { _format_version: '3.0' }, options }, note('small'))
    await Promise.all([large, small])
    expect(order).toEqual(['large', 'small'])
  })

  it('refuses instead of failing where the thread can not start', async () => {
    const result = await loader(['no-such-plugin']).load({ text: padded(shop), options }, (result) => result)
    expect(result).toMatchObject({ ok: false, problems: [{ message: expect.stringMatching(/^could not be read: /) }] })
  })

  it('leaves the turn to others meanwhile', async () => {
    const routes = Array.from({ length: 600 }, (_, i) => ({ name: `r${i}`, paths: [`/a/${i}`, `~/b/${i}/(\\d+)$`] }))
    let turns = 0
    const counting = setInterval(() => turns++, 1)
    await loader().load({ text: { _format_version: '3.0', routes }, options }, (result) => result)
    clearInterval(counting)
    expect(turns).toBeGreaterThan(10)
  }, 60_000)
})
