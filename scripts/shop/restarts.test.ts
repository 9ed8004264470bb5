import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Home } from '../home.ts'
import { readRunFile } from '../supervisor/run-file.ts'
import { silent, standIn, temporaryHome } from '../supervisor/stand-in.ts'
import { Supervisor } from '../supervisor/supervisor.ts'
import { isReplicaOf, Restarts, requestRestart } from './restarts.ts'
import { affectedBy } from './watch-sources.ts'

describe('restarting a service of a running shop', () => {
  let home: Home
  let remove: () => void
  let supervisor: Supervisor

  beforeEach(async () => {
    ;({ home, remove } = await temporaryHome())
    supervisor = new Supervisor(home, silent)
  })

  afterEach(async () => {
    await supervisor.stop()
    remove()
  })

  const recordOf = (name: string) => readRunFile(home.runFile)?.processes.find((each) => each.name === name)

  it('replaces each of its replicas and nothing else', async () => {
    await supervisor.start(await Promise.all(['order', 'order-2', 'payment'].map((name) => standIn(name))))
    supervisor.establish()
    new Restarts({ home, supervisor, report: silent }).follow()
    const before = new Map(supervisor.names.map((name) => [name, recordOf(name)?.pid]))
    requestRestart(home, ['order'])
    for (const name of ['order', 'order-2']) {
      await expect.poll(() => recordOf(name)?.pid, { timeout: 20_000 }).not.toBe(before.get(name))
      await expect.poll(() => recordOf(name)?.health).toBe('ready')
    }
    expect(recordOf('payment')).toMatchObject({ pid: before.get('payment'), restarts: 0 })
  })

  it('lets a request that is under way finish', async () => {
    const slow = `process.on('SIGTERM', () => setTimeout(() => process.exit(0), 400))`
    const spec = await standIn('order', { script: slow })
    await supervisor.start([spec])
    supervisor.establish()
    const startedAt = Date.now()
    await supervisor.restart('order', 6000)
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(400)
    expect(recordOf('order')).toMatchObject({ health: 'ready', restarts: 1 })
  })
})

it('tells replicas of a service from other processes', () => {
  expect(
    ['order', 'order-2', 'orders', 'order-x', 'redis-payment'].filter((name) => isReplicaOf(name, 'order')),
  ).toEqual(['order', 'order-2'])
  expect(isReplicaOf('redis-payment', 'redis')).toBe(false)
})

it.each([
  ['services/order/src/orders.ts', ['order']],
  ['services/payment/src/store/scripts/create-payment.lua', ['payment']],
  ['services/order/src/orders.test.ts', []],
  ['services/order/README.md', []],
  ['services/storefront/web/shop/main.tsx', []],
  ['kong/src/gateway.ts', ['gateway']],
  ['packages/service-kit/src/log.ts', ['provider', 'user', 'product', 'order', 'payment', 'storefront']],
] as const)('restarts for an edit of %s: %j', (path, affected) => {
  expect(affectedBy(path)).toEqual(affected)
})
