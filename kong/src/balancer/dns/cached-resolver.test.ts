import dgram from 'node:dgram'
import { once } from 'node:events'
import packet from 'dns-packet'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { NameLookUpFailed, NameNotResolved } from '../balancer.ts'
import { CachedResolver } from './cached-resolver.ts'
import type { Resolution } from './resolver.ts'
import { type DnsSettings, defaultDns } from './settings.ts'

type Answer = packet.Answer[] | 'NXDOMAIN' | 'SERVFAIL'

const address = (name: string, ip: string, ttl: number): packet.Answer => ({ type: 'A', name, ttl, data: ip })

describe('resolving names', () => {
  let server: dgram.Socket
  /** What the name server answers, by `TYPE name`; NXDOMAIN to all else. */
  const records = new Map<string, Answer>()
  const asked: string[] = []

  beforeEach(async () => {
    records.clear()
    asked.length = 0
    server = dgram.createSocket('udp4')
    server.on('message', (message, { port, address: from }) => {
      const { id, questions = [] } = packet.decode(message)
      const [question] = questions
      const key = `${question?.type} ${question?.name}`
      asked.push(key)
      const found = records.get(key) ?? 'NXDOMAIN'
      const code = found === 'NXDOMAIN' ? 3 : found === 'SERVFAIL' ? 2 : 0
      const answers = typeof found === 'string' ? [] : found
      server.send(packet.encode({ type: 'response', id: id ?? 0, flags: 0x180 | code, questions, answers }), port, from)
    })
    server.bind(0, '127.0.0.1')
    await once(server, 'listening')
  })

  afterEach(() => void server.close())

  const resolver = (settings: Partial<DnsSettings> = {}) =>
    new CachedResolver({ ...defaultDns, servers: [`127.0.0.1:${server.address().port}`], ...settings })

  const addresses = async (resolution: Resolution | Promise<Resolution>) =>
    (await resolution).records.map(({ ip }) => ip).sort()

  const times = (key: string) => asked.filter((each) => each === key).length

  it('asks once for all who wait, and keeps the answer for its TTL', async () => {
    records.set('A u.test', [address('u.test', '10.0.0.1', 300), address('u.test', '10.0.0.2', 300)])
    const names = resolver()
    const both = await Promise.all([addresses(names.resolve('u.test')), addresses(names.resolve('u.test'))])
    expect(both).toEqual([
      ['10.0.0.1', '10.0.0.2'],
      ['10.0.0.1', '10.0.0.2'],
    ])
    await names.resolve('u.test')
    expect(times('A u.test')).toBe(1)
  })

  it('uses an old answer while it asks for a new one', async () => {
    records.set('A u.test', [address('u.test', '10.0.0.1', 300)])
    const names = resolver({ validTtl: 1 })
    await names.resolve('u.test')
    records.set('A u.test', [address('u.test', '10.0.0.9', 300)])
    await vi.waitFor(() => expect(names.resolve('u.test')).toMatchObject({ records: [{ ip: '10.0.0.9' }] }))
  })

  it('keeps an old answer while the name server fails', async () => {
    records.set('A u.test', [address('u.test', '10.0.0.1', 300)])
    const names = resolver({ validTtl: 0.01, errorTtl: 0 })
    await names.resolve('u.test')
    records.set('A u.test', 'SERVFAIL')
    records.set('SRV u.test', 'SERVFAIL')
    const before = asked.length
    await vi.waitFor(() => {
      expect(names.resolve('u.test')).toMatchObject({ records: [{ ip: '10.0.0.1' }] })
      expect(asked.length).toBeGreaterThan(before + 2)
    })
  })

  it('does not use an answer that has been old for too long', async () => {
    records.set('A u.test', [address('u.test', '10.0.0.1', 300)])
    const names = resolver({ validTtl: 0.01, errorTtl: 0, staleTtl: 0 })
    await names.resolve('u.test')
    records.set('A u.test', 'NXDOMAIN')
    await vi.waitFor(() => expect(names.resolve('u.test')).rejects.toBeInstanceOf(NameNotResolved))
  })

  it('asks for each use where the TTL is 0', async () => {
    records.set('A u.test', [address('u.test', '10.0.0.1', 0)])
    const names = resolver()
    await names.resolve('u.test')
    records.set('A u.test', [address('u.test', '10.0.0.2', 0)])
    expect(await addresses(names.resolve('u.test'))).toEqual(['10.0.0.2'])
  })

  it('takes SRV records of the best priority before addresses, with their ports and weights', async () => {
    const srv = (target: string, port: number, priority: number, weight: number): packet.Answer => ({
      type: 'SRV',
      name: 'u.test',
      ttl: 300,
      data: { target, port, priority, weight },
    })
    records.set('SRV u.test', [srv('a.test', 8001, 1, 5), srv('b.test', 8002, 1, 0), srv('c.test', 8003, 2, 1)])
    records.set('A u.test', [address('u.test', '10.9.9.9', 300)])
    records.set('A a.test', [address('a.test', '10.0.0.1', 300)])
    records.set('A b.test', [address('b.test', '10.0.0.2', 7)])
    expect(await resolver().resolve('u.test')).toEqual({
      type: 'SRV',
      ttl: 7000,
      records: [
        { ip: '10.0.0.1', port: 8001, weight: 5, name: 'a.test' },
        { ip: '10.0.0.2', port: 8002, weight: 1, name: 'b.test' },
      ],
    })
  })

  it('tells a name that there is not from a server that can not tell', async () => {
    await expect(resolver().resolve('none.test')).rejects.toBeInstanceOf(NameNotResolved)
    records.set('A broken.test', 'SERVFAIL')
    records.set('SRV broken.test', 'SERVFAIL')
    const failure = await Promise.resolve(resolver().resolve('broken.test')).catch((error) => error)
    expect(failure).toBeInstanceOf(NameLookUpFailed)
    expect(failure.message).toMatch(/^failed the initial dns\/balancer resolve for 'broken.test' with: /)
  })

  it('remembers for a while that there is no such name', async () => {
    const names = resolver()
    await expect(names.resolve('none.test')).rejects.toThrow()
    await expect(names.resolve('none.test')).rejects.toThrow()
    expect(times('A none.test')).toBe(1)
  })
})
