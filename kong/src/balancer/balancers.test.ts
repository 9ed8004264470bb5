import net from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadConfiguration } from '../config/load.ts'
import type { Exchange } from '../exchange.ts'
import { registry } from '../plugins/index.ts'
import { startTcp, testWorker } from '../proxy/testing/proxy.ts'
import { type Balancer, NameNotResolved, NoPeer, type Peer } from './balancer.ts'
import { type Balancers, createBalancers } from './balancers.ts'

const open: { close(): Promise<void> | void }[] = []
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close()
})

const worker = testWorker()

/** Balancers of one upstream `u` with the given fields, and of a service that leads to it. */
function balance(upstream: object, options: { host?: string; previous?: Balancers; of?: typeof worker } = {}) {
  const result = loadConfiguration(
    {
      _format_version: '3.0',
      upstreams: [{ name: 'u', ...upstream }],
      services: [{ name: 's', host: options.host ?? 'u', port: 81 }],
    },
    { registry },
  )
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  const balancers = createBalancers(result.configuration, options.of ?? worker, options.previous)
  open.push(balancers)
  const [service] = result.configuration.table('services').values()
  const [own] = balancers.upstreams.values()
  if (!service || !own) throw new Error('no service')
  return { balancers, balancer: balancers.forService(service), upstream: own }
}

/** Nothing of it is looked at by these algorithms. */
const exchange = {} as Exchange

const next = (balancer: Balancer, failed: readonly Peer[] = []): Promise<Peer> =>
  Promise.resolve(balancer.next(exchange, failed))

async function ports(balancer: Balancer, times: number): Promise<number[]> {
  const found: number[] = []
  for (let i = 0; i < times; i++) found.push((await next(balancer)).port)
  return found.sort((a, b) => a - b)
}

const two = { targets: [{ target: '10.0.0.1:1' }, { target: '10.0.0.1:2' }] }
const passive = { passive: { unhealthy: { http_failures: 1, tcp_failures: 1, timeouts: 1 } } }

describe('round-robin', () => {
  it('gives each target its share of every round', async () => {
    const { balancer } = balance({
      targets: [
        { target: '10.0.0.1:1', weight: 20 },
        { target: '10.0.0.1:2', weight: 10 },
      ],
    })
    expect(await ports(balancer, 6)).toEqual([1, 1, 1, 1, 2, 2])
  })

  it('has nobody to give where nothing has weight', () => {
    const { balancer } = balance({ targets: [{ target: '10.0.0.1:1', weight: 0 }] })
    expect(() => balancer.next(exchange, [])).toThrow(NoPeer)
  })
})

describe('least-connections', () => {
  it('gives the target with the fewest requests under way', async () => {
    const { balancer } = balance({ ...two, algorithm: 'least-connections' })
    const first = await next(balancer)
    const second = await next(balancer)
    expect(new Set([first.port, second.port]).size).toBe(2)
    first.release()
    expect((await next(balancer)).port).toBe(first.port)
  })

  it('comes back to what failed only when there is nothing else', async () => {
    const { balancer } = balance({ ...two, algorithm: 'least-connections' })
    const first = await next(balancer)
    const second = await next(balancer, [first])
    expect(second.port).not.toBe(first.port)
    expect([1, 2]).toContain((await next(balancer, [first, second])).port)
  })
})

describe('least-connections over more than two', () => {
  const three = [1, 2, 3].map((port) => ({ target: `10.0.0.1:${port}` }))

  it('goes to and fro between two of three idle targets, as in Kong', async () => {
    const { balancer } = balance({ targets: three, algorithm: 'least-connections' })
    const found: number[] = []
    for (let i = 0; i < 4; i++) {
      const peer = await next(balancer)
      found.push(peer.port)
      peer.release()
    }
    expect(found).toEqual([1, 2, 1, 2])
  })

  it('reaches all of them while requests are under way', async () => {
    const { balancer } = balance({ targets: three, algorithm: 'least-connections' })
    expect(await ports(balancer, 6)).toEqual([1, 1, 2, 2, 3, 3])
  })

  it('leaves out what is set unhealthy, and takes it in again', async () => {
    const { balancer, upstream } = balance({ targets: three, algorithm: 'least-connections', healthchecks: passive })
    upstream.setHealth({ host: '10.0.0.1', port: 2 }, false)
    expect(await ports(balancer, 4)).toEqual([1, 1, 3, 3])
    upstream.setHealth({ host: '10.0.0.1', port: 2 }, true)
    expect(await ports(balancer, 2)).toEqual([2, 2])
  })
})

describe('latency', () => {
  it('does not give what has failed for the request', async () => {
    const { balancer } = balance({ ...two, algorithm: 'latency' })
    const first = await next(balancer)
    expect((await next(balancer, [first])).port).not.toBe(first.port)
  })
})

describe('passive health checks', () => {
  it('keep requests away from what failed, and let them back by hand', async () => {
    const { balancer, upstream } = balance({ ...two, healthchecks: passive })
    const bad = await next(balancer)
    bad.report({ kind: 'status', status: 500 })
    await vi.waitFor(() => expect(upstream.view().weight.available).toBe(100))
    expect(new Set(await ports(balancer, 4))).toEqual(new Set([3 - bad.port]))
    expect(upstream.setHealth({ host: '10.0.0.1', port: bad.port }, true)).toBe(true)
    expect(await ports(balancer, 4)).toEqual([1, 1, 2, 2])
  })

  it('outlive a reload for the same address', async () => {
    const before = balance({ ...two, healthchecks: passive })
    before.upstream.setHealth({ host: '10.0.0.1', port: 1 }, false)
    const after = balance(
      { targets: [{ target: '10.0.0.1:1' }, { target: '10.0.0.1:3' }], healthchecks: passive },
      { previous: before.balancers },
    )
    expect(await ports(after.balancer, 4)).toEqual([3, 3, 3, 3])
  })

  it('can make the whole upstream unhealthy', () => {
    const { balancer, upstream } = balance({ ...two, healthchecks: { ...passive, threshold: 60 } })
    upstream.setHealth({ host: '10.0.0.1', port: 1 }, false)
    expect(() => balancer.next(exchange, [])).toThrow(NoPeer)
  })

  it('can not be set where there are none', () => {
    expect(balance(two).upstream.setHealth({ host: '10.0.0.1', port: 1 }, false)).toBe(false)
  })
})

describe('active health checks', () => {
  it('find out that a target is down and that it is back', async () => {
    let status = 500
    const target = await startTcp((socket) => {
      socket.on('data', () => socket.end(`HTTP/1.1 ${status} Whatever\r\n\r\n`))
    })
    open.push(target)
    const { upstream } = balance({
      targets: [{ target: `127.0.0.1:${target.port}` }],
      healthchecks: {
        active: {
          healthy: { interval: 0.02, successes: 1 },
          unhealthy: { interval: 0.02, http_failures: 2, tcp_failures: 1, timeouts: 1 },
        },
      },
    })
    expect(upstream.view().hosts[0]?.addresses[0]?.healthy).toBe(true)
    await vi.waitFor(() => expect(upstream.view().hosts[0]?.addresses[0]?.healthy).toBe(false))
    status = 200
    await vi.waitFor(() => expect(upstream.view().hosts[0]?.addresses[0]?.healthy).toBe(true))
  })
})

describe('targets that come and go at run time', () => {
  it('stand beside those of the file, take the place of those before, and outlive a reload', async () => {
    const own = testWorker()
    const first = balance(two, { of: own })
    first.balancers.setOverlay('u', [{ target: '10.0.0.1:9', weight: 100, since: 0 }])
    expect(await ports(first.balancer, 3)).toEqual([1, 2, 9])
    const second = balance({ targets: [{ target: '10.0.0.1:1' }] }, { of: own, previous: first.balancers })
    expect(await ports(second.balancer, 2)).toEqual([1, 9])
    second.balancers.setOverlay('u', [])
    expect(await ports(second.balancer, 2)).toEqual([1, 1])
  })
})

describe('a service whose host is no upstream', () => {
  it('goes to its own address', async () => {
    const { balancer } = balance(two, { host: '127.0.0.1' })
    expect(await next(balancer)).toMatchObject({ ip: '127.0.0.1', port: 81, host: '127.0.0.1' })
  })

  it('is looked up by name, and keeps its name for the Host header', async () => {
    const { balancer } = balance(two, { host: 'localhost' })
    expect(await next(balancer)).toMatchObject({ ip: '127.0.0.1', port: 81, host: 'localhost' })
  })

  it('with a name that does not exist has no address', async () => {
    const { balancer } = balance(two, { host: 'nobody.invalid' })
    await expect(next(balancer)).rejects.toThrow(NameNotResolved)
  }, 30_000)
})

it('a target by name stands for the addresses of the name', async () => {
  const { balancer, upstream } = balance({ targets: [{ target: 'localhost:5' }] })
  expect(await next(balancer)).toMatchObject({ ip: '127.0.0.1', port: 5, host: 'localhost' })
  expect(upstream.view().hosts[0]?.addresses.map(({ ip }) => net.isIP(ip))).toEqual([4])
})
