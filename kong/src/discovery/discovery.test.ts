import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Log } from '../exchange.ts'
import { createGateway, type Gateway } from '../gateway.ts'
import { readSettings } from '../settings.ts'
import { startUpstream, type TestUpstream } from './testing/upstream.ts'

const within = { timeout: 20_000, interval: 20 }

describe('targets that a registry tells of', () => {
  let folder: string
  let file: string
  let gateway: Gateway
  let proxy: string
  let admin: string
  let warnings: string[]
  const upstreams: TestUpstream[] = []
  const log: Log = { debug() {}, info() {}, warn: (message) => warnings.push(message), error() {} }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portico-discovery-'))
    file = join(folder, 'targets.json')
    warnings = []
    for (const name of ['one', 'two', 'three']) upstreams.push(await startUpstream(name))
  })

  afterEach(async () => {
    await gateway.close(0)
    for (const upstream of upstreams.splice(0)) await upstream.close()
    await rm(folder, { recursive: true })
  })

  /** Written as a whole, as every registry of this kind is. */
  const register = async (...targets: (string | undefined)[]) => {
    const entries = targets.map((target) => ({ target }))
    await writeFile(`${file}.new`, JSON.stringify({ 'order-service': entries }))
    await rename(`${file}.new`, file)
  }

  const configuration = (targets: readonly (string | undefined)[]) => ({
    _format_version: '3.0',
    upstreams: [{ name: 'order-service', targets: targets.map((target) => ({ target })) }],
    services: [{ name: 's', host: 'order-service', routes: [{ name: 'r', paths: ['/'] }] }],
  })

  const start = async (...fromFile: (string | undefined)[]) => {
    const settings = readSettings(
      { 'proxy-listen': '127.0.0.1:0', 'admin-listen': '127.0.0.1:0', discovery: `file:${file}` },
      {},
    )
    gateway = createGateway({ settings, log })
    gateway.load(configuration(fromFile), { source: 'start' })
    const ports = await gateway.listen()
    proxy = `http://127.0.0.1:${ports.proxy}`
    admin = `http://127.0.0.1:${ports.admin}`
  }

  const ask = async (path = '/') => (await fetch(proxy + path)).text()
  /** Who answers in one round over all targets. All at once: one after the other could keep step with other clients. */
  const answering = async (times = 6) => {
    const names = new Set(await Promise.all(Array.from({ length: times }, () => ask())))
    return [...names].sort()
  }
  const answeringBecomes = (...names: string[]) =>
    vi.waitFor(async () => expect(await answering()).toEqual(names), within)
  const list = async (path: string) =>
    ((await (await fetch(admin + path)).json()) as { data: Record<string, unknown>[] }).data
  const [one, two, three] = [0, 1, 2].map((index) => () => upstreams[index]?.target) as [T, T, T]
  type T = () => string | undefined

  it('are there with the first request, beside those of the file', async () => {
    await register(two())
    await start(one())
    expect(await answering()).toEqual(['one', 'two'])
  })

  it('come and go while requests pass, none of which fails', async () => {
    await register()
    await start(one())
    const statuses = new Set<number>()
    let busy = true
    const load = Promise.all(
      [1, 2, 3].map(async () => {
        while (busy) statuses.add((await fetch(proxy)).status)
      }),
    )
    try {
      await register(two(), three())
      await answeringBecomes('one', 'three', 'two')
      await register(three())
      await answeringBecomes('one', 'three')
      await register()
      await answeringBecomes('one')
    } finally {
      busy = false
      await load
    }
    expect([...statuses]).toEqual([200])
  })

  it('that have left finish what they were given', async () => {
    await register(two())
    await start()
    const slow = ask('/slow')
    await vi.waitFor(() => expect(upstreams[1]?.waiting()).toBe(1), within)
    await register(three())
    await answeringBecomes('three')
    upstreams[1]?.release()
    expect(await slow).toBe('two')
  })

  it('are shown by the Admin API with a tag, and outlive a reload without being in it', async () => {
    await register(two())
    await start(one())
    gateway.load({ ...configuration([one()]), services: [] }, { source: 'file' })
    const targets = await list('/upstreams/order-service/targets')
    expect(targets.map(({ target }) => target).sort()).toEqual([one(), two()].sort())
    const discovered = targets.find(({ target }) => target === two())
    expect(discovered).toMatchObject({ weight: 100, tags: ['discovered'], upstream: { id: expect.any(String) } })
    const health = await list('/upstreams/order-service/health')
    expect(health.map(({ target }) => target).sort()).toEqual([one(), two()].sort())
    const answer = await fetch(`${admin}/upstreams/order-service/targets/${two()}`)
    expect(await answer.json()).toEqual(discovered)
    expect(gateway.configuration.table('targets').size).toBe(1)
  })

  it('stay as they were while what the registry says makes no sense', async () => {
    await register(two())
    await start()
    await writeFile(file, '{"order-service": [')
    await vi.waitFor(
      () => expect(warnings).toEqual(['the registry does not answer; the last known targets stay']),
      within,
    )
    expect(await answering()).toEqual(['two'])
    await register(three())
    await answeringBecomes('three')
  })

  it('that are none are left out, and told in the log', async () => {
    await register('no address at all', two())
    await start()
    expect(await answering()).toEqual(['two'])
    expect(warnings).toEqual(['the registry names what is no target'])
  })

  it('do not outweigh what the file says of the same target', async () => {
    await register(one())
    await start(one())
    expect((await list('/upstreams/order-service/targets')).map(({ tags }) => tags)).toEqual([null])
  })
})

it('refuses a registry of a kind that there is not', () => {
  const read = (discovery: string) => () => readSettings({ 'proxy-listen': '127.0.0.1:0', discovery }, {})
  expect(read('zookeeper://a')).toThrow(/--discovery is file:PATH, consul:.*not 'zookeeper:\/\/a'/)
  expect(read('consul:ftp://a')).toThrow(/names no address/)
  expect(read('consul://127.0.0.1:8500')).not.toThrow()
})
