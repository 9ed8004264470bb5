import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createGateway, type Gateway } from '../../kong/src/gateway.ts'
import { readSettings } from '../../kong/src/settings.ts'
import { type Replica, startStorefront } from './storefront.ts'

/** A registry that the suite starts, stops and makes forget. */
export interface TestRegistry {
  /** `REGISTRY_URL` of services, and `--discovery` of the gateway. */
  readonly url: string
  /** Starts it, knowing nothing. */
  start(): Promise<void>
  stop(): Promise<void>
  /** What services and gateway need besides, such as a token. */
  readonly environment: Readonly<Record<string, string>>
  /** How long it may take until everybody has heard of a change. */
  readonly slownessMs: number
}

const configuration = {
  _format_version: '3.0',
  upstreams: [{ name: 'storefront' }],
  services: [{ name: 's', host: 'storefront', retries: 2, routes: [{ name: 'r', paths: ['/'] }] }],
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** What registration and discovery promise, with real processes of a service behind a real gateway. */
export function registrySuite(name: string, registry: TestRegistry): void {
  describe(`services that register at ${name}`, () => {
    let gateway: Gateway
    let proxy: string
    let admin: string
    const replicas: Replica[] = []
    const within = { timeout: 20_000 + 3 * registry.slownessMs, interval: 100 }

    // One that Maven has yet to build takes minutes.
    beforeAll(() => registry.start(), 600_000)
    afterAll(() => registry.stop())

    beforeEach(async () => {
      Object.assign(process.env, registry.environment)
      const settings = readSettings(
        { 'proxy-listen': '127.0.0.1:0', 'admin-listen': '127.0.0.1:0', discovery: registry.url },
        {},
      )
      gateway = createGateway({ settings, log: silent })
      gateway.load(configuration, { source: 'start' })
      const ports = await gateway.listen()
      proxy = `http://127.0.0.1:${ports.proxy}`
      admin = `http://127.0.0.1:${ports.admin}`
    })

    afterEach(async () => {
      await Promise.all(replicas.splice(0).map((replica) => replica.kill()))
      await targetsBecome()
      await gateway.close(0)
    })

    const start = async () => {
      const replica = await startStorefront({
        ...registry.environment,
        REGISTRY_URL: registry.url,
        REGISTRY_TTL_SECONDS: '3',
        REGISTRY_DRAIN_MS: String(registry.slownessMs),
      })
      replicas.push(replica)
      return replica
    }
    const targets = async () => {
      const answer = await fetch(`${admin}/upstreams/storefront/targets`)
      const { data } = (await answer.json()) as { data: { target: string }[] }
      return data.map(({ target }) => target).sort()
    }
    async function targetsBecome(...wanted: Replica[]) {
      const addresses = wanted.map(({ target }) => target).sort()
      await vi.waitFor(async () => expect(await targets()).toEqual(addresses), within)
    }
    /** A replica answers 401, since there is no token; the gateway answers 503 where it knows none. */
    const ask = async () => (await fetch(`${proxy}/v1/orders`)).status

    it('get requests once they are ready, and none is lost when one stops', async () => {
      expect(await ask()).toBe(503)
      const first = await start()
      await targetsBecome(first)
      const second = await start()
      await targetsBecome(first, second)
      const statuses = new Set<number>()
      let busy = true
      const load = Promise.all(
        [1, 2, 3].map(async () => {
          while (busy) statuses.add(await ask())
        }),
      )
      await first.stop()
      await targetsBecome(second)
      busy = false
      await load
      expect([...statuses]).toEqual([401])
    })

    it('that were killed are gone after their time, without having said so', async () => {
      const [first, second] = [await start(), await start()]
      await targetsBecome(first, second)
      await first.kill()
      await targetsBecome(second)
      expect(await ask()).toBe(401)
    })

    it('stay where they are while it is away, and register anew when it has forgotten them', async () => {
      const first = await start()
      await targetsBecome(first)
      await registry.stop()
      expect(await ask()).toBe(401)
      const second = await start()
      expect(await targets()).toEqual([first.target])
      await registry.start()
      await targetsBecome(first, second)
    })
  })
}
