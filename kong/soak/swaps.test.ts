import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createGateway } from '../src/gateway.ts'
import { readSettings } from '../src/settings.ts'

/** `npm run test:long -- swaps` makes it 300 swaps of 1,000 routes. */
const swaps = Number(process.env.PORTICO_SWAPS ?? 20)
const routes = Number(process.env.PORTICO_SWAP_ROUTES ?? 100)
const megabyte = 1_048_576

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const documentAt = (turnNumber: number) => ({
  _format_version: '3.0',
  upstreams: [
    { name: 'u.test', targets: [{ target: '127.0.0.1:9' }], healthchecks: { passive: { healthy: { successes: 1 } } } },
  ],
  services: [
    {
      name: 's',
      host: 'u.test',
      plugins: [{ name: 'rate-limiting', config: { minute: 5 + turnNumber, policy: 'local' } }],
      routes: Array.from({ length: routes }, (_, i) => ({
        name: `r${i}`,
        paths: [`/${turnNumber}/${i}`, `~/x/${i}/(\\d+)$`],
      })),
    },
  ],
})

describe('swapping configurations', () => {
  it(`lets every one of ${swaps} go that is no longer in force, and memory does not grow`, async () => {
    const silent = { debug() {}, info() {}, warn() {}, error() {} }
    const gateway = createGateway({ settings: readSettings({ 'proxy-listen': '127.0.0.1:0' }, {}), log: silent })
    const past: WeakRef<object>[] = []
    let early = 0
    for (let i = 0; i < swaps; i++) {
      expect((await gateway.loadLive(documentAt(i), { source: 'admin' })).ok).toBe(true)
      past.push(new WeakRef(gateway.configuration))
      await turn()
      if (i !== Math.floor(swaps / 4)) continue
      collectGarbage()
      early = process.memoryUsage().heapUsed
    }
    await turn()
    collectGarbage()
    const late = process.memoryUsage().heapUsed
    console.log(
      `swaps: ${swaps} of ${routes} routes; heap ${Math.round(early / megabyte)} MiB, then ${Math.round(late / megabyte)} MiB`,
    )
    expect(past.filter((reference) => reference.deref() !== undefined).length).toBeLessThanOrEqual(2)
    expect(late).toBeLessThan(early * 1.2 + 8 * megabyte)
    await gateway.close(0)
  }, 1_200_000)
})
