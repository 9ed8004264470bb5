import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { load, type Tally } from './clients.ts'
import type { Held } from './memory-probe.ts'
import { startMisbehavingUpstream } from './misbehaving-upstream.ts'
import { startWatchedGateway, type WatchedGateway } from './watched-gateway.ts'

/** `npm run test:long -- soak` makes it minutes. */
const seconds = Number(process.env.PORTICO_SOAK_SECONDS ?? 20)
const rounds = seconds < 60 ? 2 : 6
const megabyte = 1_048_576

let gateway: WatchedGateway
let upstream: Awaited<ReturnType<typeof startMisbehavingUpstream>>

beforeAll(async () => {
  upstream = await startMisbehavingUpstream()
  gateway = await startWatchedGateway()
})

afterAll(async () => {
  await gateway?.stop()
  upstream?.stop()
})

/** Differs at each turn, so that every swap is one; half of them change routes that nobody asks for. */
function documentAt(turn: number): object {
  const service = { host: 'shop.test', retries: 1 }
  const buffered = { strip_path: false, request_buffering: turn % 2 === 0 }
  const spare = Array.from({ length: 50 }, (_, i) => ({
    name: `spare-${i}-${turn % 7}`,
    paths: [`/spare/${turn}/${i}`],
  }))
  return {
    _format_version: '3.0',
    upstreams: [{ name: 'shop.test', targets: [{ target: `127.0.0.1:${upstream.port}` }] }],
    services: [
      {
        ...service,
        name: 'all',
        routes: [{ ...buffered, name: 'all', paths: ['/'] }, ...spare],
        plugins: [{ name: 'response-transformer', config: { add: { headers: [`x-turn:${turn}`] } } }],
      },
      { ...service, name: 'bad', read_timeout: 1000, routes: [{ ...buffered, name: 'bad', paths: ['/fault'] }] },
    ],
    plugins: [{ name: 'correlation-id' }, { name: 'rate-limiting', config: { hour: 100_000_000, policy: 'local' } }],
  }
}

async function swap(turn: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${gateway.ports.admin}/config`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(documentAt(turn)),
  })
  expect(answer.status, await answer.text()).toBe(201)
}

/** Puts load on for a while, with a swap every half second, then lets the gateway come to rest and measures it. */
async function round(milliseconds: number, tally: Tally, turns: { count: number }): Promise<Held> {
  const until = performance.now() + milliseconds
  const loading = load(gateway.ports.proxy, tally, () => performance.now() < until)
  while (performance.now() < until) {
    await swap(++turns.count)
    await sleep(500)
  }
  await loading
  // What clients have left behind ends within the read timeout of the service.
  await sleep(2500)
  return gateway.measure()
}

describe('a gateway under load with faults', () => {
  it(
    `answers rightly for ${seconds} s and holds no more at the end than before`,
    async () => {
      await swap(0)
      const tally: Tally = { right: 0, wrong: [], faults: 0 }
      const turns = { count: 0 }
      const held: Held[] = []
      for (let i = 0; i < rounds; i++) held.push(await round((seconds * 1000) / rounds, tally, turns))
      const table = held.map(({ rss, heap, external, resources, files }, i) => ({
        round: i + 1,
        'rss MiB': Math.round(rss / megabyte),
        'heap MiB': Number((heap / megabyte).toFixed(1)),
        'external MiB': Number((external / megabyte).toFixed(1)),
        resources,
        files,
      }))
      console.log(`soak: ${tally.right} right answers, ${tally.faults} faults, ${turns.count} swaps in ${seconds} s`)
      console.table(table)

      expect(tally.wrong).toEqual([])
      expect(tally.right).toBeGreaterThan(seconds)
      const [first, last] = [held[0], held.at(-1)] as [Held, Held]
      expect(last.heap).toBeLessThan(first.heap * 1.25 + 4 * megabyte)
      expect(last.external).toBeLessThan(first.external * 1.25 + 8 * megabyte)
      expect(last.rss).toBeLessThan(first.rss * 1.35 + 32 * megabyte)
      expect(last.resources).toBeLessThan(first.resources + 20)
      if (first.files !== undefined && last.files !== undefined) expect(last.files).toBeLessThan(first.files + 20)
    },
    seconds * 3000 + 300_000,
  )
})
