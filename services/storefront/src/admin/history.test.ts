import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { TrafficMemory } from './history.ts'
import { sourcesOf } from './sources.ts'

/** A service that has answered so many requests, each in 5 ms or in 50, and some of them badly. */
let counted = { fast: 0, slow: 0, bad: 0 }
let url = ''
let close = () => {}

beforeEach(async () => {
  counted = { fast: 0, slow: 0, bad: 0 }
  const server = createServer((_, response) => response.end(metrics()))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  close = () => {
    server.closeAllConnections()
    server.close()
  }
})
afterEach(() => close())

function metrics(): string {
  const { fast, slow, bad } = counted
  const series = (status: number, [quick, all]: readonly [number, number]) => {
    const labels = `method="GET",route="/v1/orders",status="${status}"`
    const bucket = (le: string, count: number) => `http_request_duration_seconds_bucket{le="${le}",${labels}} ${count}`
    const buckets = [bucket('0.01', quick), bucket('0.1', all), bucket('+Inf', all)]
    return [...buckets, `http_request_duration_seconds_count{${labels}} ${all}`]
  }
  return [...series(200, [fast, fast + slow]), ...series(503, [bad, bad])].join('\n')
}

const serve = (more: Partial<typeof counted>) => {
  counted = { ...counted, ...more }
}

it('tells what each step brought: requests, errors, and how long they took in it alone', async () => {
  const memory = new TrafficMemory(sourcesOf({ order: url }))
  serve({ slow: 1000 })
  await memory.look(new Date(0))
  expect(memory.tell().steps).toEqual([])
  serve({ fast: 100 })
  await memory.look(new Date(15_000))
  await memory.look(new Date(30_000))
  serve({ slow: 1010, bad: 3 })
  await memory.look(new Date(45_000))
  const { steps, services } = memory.tell()
  expect(steps).toEqual(['1970-01-01T00:00:15.000Z', '1970-01-01T00:00:30.000Z', '1970-01-01T00:00:45.000Z'])
  expect(services).toMatchObject([{ name: 'order', requests: [100, 0, 13], errors: [0, 0, 3] }])
  // The thousand slow ones were before.
  expect(services[0]?.p95[0]).toBeLessThanOrEqual(10)
  expect(services[0]?.p95[1]).toBeNull()
  expect(services[0]?.p95[2]).toBeGreaterThan(10)
})

it('counts from zero what was started anew, and leaves a gap where nobody answered', async () => {
  const memory = new TrafficMemory(sourcesOf({ order: url }))
  serve({ fast: 50 })
  await memory.look()
  serve({ fast: 7 })
  await memory.look()
  close()
  await memory.look()
  expect(memory.tell().services[0]?.requests).toEqual([7, null])
})

it('remembers so many steps and no more', async () => {
  const memory = new TrafficMemory(sourcesOf({ order: url }), 3)
  for (let at = 0; at < 6; at += 1) await memory.look(new Date(at))
  expect(memory.tell().steps).toEqual([3, 4, 5].map((at) => new Date(at).toISOString()))
})
