import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGateway, type Gateway } from './gateway.ts'
import { registry as builtIn } from './plugins/index.ts'
import type { Plugin } from './plugins/plugin.ts'
import { readSettings } from './settings.ts'

/** The cors plugin under another name, with a field that throws. */
const brokenPlugin = (field: keyof Plugin): [string, Plugin] => {
  const name = `broken-${field}`
  const get = () => {
    throw new TypeError('a defect')
  }
  return [name, Object.defineProperty({ ...(builtIn.get('cors') as Plugin), name }, field, { get })]
}

const registry = new Map([...builtIn, brokenPlugin('schema'), brokenPlugin('priority')])
const silent = { debug() {}, info() {}, warn() {}, error() {} }

describe('the gateway', () => {
  let gateway: Gateway
  let upstream: Server
  let base: string
  let answer = (): Promise<string> => Promise.resolve('ok')

  beforeEach(async () => {
    answer = () => Promise.resolve('ok')
    upstream = createServer(async (_, response) => response.end(await answer()))
    upstream.listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    gateway = createGateway({ settings: readSettings({ 'proxy-listen': '127.0.0.1:0' }, {}), log: silent, registry })
    base = `http://127.0.0.1:${(await gateway.listen()).proxy}`
  })

  afterEach(async () => {
    await gateway.close(0)
    upstream.closeAllConnections()
    upstream.close()
  })

  const documentWith = (header: string) => ({
    _format_version: '3.0',
    services: [
      {
        name: 's',
        host: 'u.test',
        routes: [{ name: 'r', paths: ['/'] }],
        plugins: [{ name: 'response-transformer', config: { add: { headers: [`x-mark:${header}`] } } }],
      },
    ],
    upstreams: [{ name: 'u.test', targets: [{ target: `127.0.0.1:${(upstream.address() as AddressInfo).port}` }] }],
  })

  const load = (mark: string) => expect(gateway.load(documentWith(mark), { source: 'admin' }).ok).toBe(true)

  it('answers 404 to everything before it has a configuration', async () => {
    expect((await fetch(base)).status).toBe(404)
  })

  it('finishes a request under the configuration that it began with', async () => {
    load('old')
    const arrived = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    answer = async () => {
      arrived.resolve()
      await release.promise
      return 'late'
    }
    const pending = fetch(base)
    await arrived.promise
    load('new')
    release.resolve()
    expect((await pending).headers.get('x-mark')).toBe('old')
    expect((await fetch(base)).headers.get('x-mark')).toBe('new')
  })

  it('drops no request while a hundred configurations follow one another', async () => {
    load('0')
    let swapping = true
    const ask = async () => {
      const statuses = new Set<number>()
      while (swapping) statuses.add((await fetch(base)).status)
      return [...statuses]
    }
    const clients = Array.from({ length: 8 }, ask)
    for (let i = 1; i <= 100; i++) {
      load(String(i))
      await fetch(base)
    }
    swapping = false
    expect(await Promise.all(clients)).toEqual(Array.from({ length: 8 }, () => [200]))
    expect((await fetch(base)).headers.get('x-mark')).toBe('100')
  })

  it.each(['schema', 'priority'] as const)(
    'keeps the configuration in force when the %s of a plugin in the next one throws',
    async (field) => {
      load('right')
      const plugins = [{ name: 'cors' }, { name: `broken-${field}` }]
      const result = gateway.load({ ...documentWith('broken'), plugins }, { source: 'file' })
      expect(result).toMatchObject({ ok: false, problems: [{ message: expect.stringMatching(/TypeError: a defect/) }] })
      expect(gateway.state.error?.problems).toHaveLength(1)
      expect((await fetch(base)).headers.get('x-mark')).toBe('right')
    },
  )

  it('keeps the configuration in force when the next one is wrong', async () => {
    load('right')
    expect(gateway.load('services: nonsense', { source: 'admin' }).ok).toBe(false)
    expect((await fetch(base)).headers.get('x-mark')).toBe('right')
  })
})
