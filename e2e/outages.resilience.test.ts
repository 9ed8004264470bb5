import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { MergedOrder, Order, Product, Session } from '@portico/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, key, newClient } from './client.ts'
import { type Asked, type Outage, tableOf, went } from './outage-figures.ts'
import { type Shop, startShop } from './shop.ts'

/** What people do, each by one request. */
const deeds = ['log in', 'browse', 'place', 'read', 'list', 'payments', 'page'] as const
type Deed = (typeof deeds)[number]

/** What each service is needed for, as its README says; all else goes on without it. */
const neededFor: Readonly<Record<string, readonly Deed[]>> = {
  user: ['log in'],
  product: ['browse', 'place'],
  order: ['place', 'read', 'list'],
  payment: ['payments'],
  storefront: ['list', 'page'],
  provider: [],
}

const OUTAGE_MS = 10_000
/** No answer, not even a refusal, may take longer: the gateway's own limits and retries. */
const PATIENCE_MS = 50_000
/** By when all is well again after the service is back. */
const RECOVERY_MS = 90_000

let shop: Shop
let account: { email: string; password: string }
let token: string
/** Several, so that none is sold out. */
let productIds: string[]
let placed = 0
let orderId: string
/** What is printed in the end. */
const outages: Outage[] = []

beforeAll(async () => {
  shop = await startShop()
  account = { email: `${randomUUID()}@example.test`, password: 'a good long password' }
  await newClient(shop.url).call('POST', '/v1/users', { body: { ...account, name: 'Ada' } })
  token = (await ask<Session>('log in')).body.accessToken
  const { body } = await newClient(shop.url).call<{ items: Product[] }>('GET', '/v1/products?limit=20')
  productIds = body.items.map(({ id }) => id)
  orderId = (await ask<Order>('place')).body.id
  const asked = await shopMeanwhile(wait(OUTAGE_MS))
  outages.push({ service: 'nobody', fault: 'away', asked, needed: [], recoveredMs: 0 })
}, 400_000)
afterAll(async () => {
  console.log(`\n${tableOf(outages)}\n`)
  await shop?.stop()
}, 20_000)

async function ask<Body = unknown>(deed: Deed): Promise<Answer<Body>> {
  // An address of its own each time, so that no rate limit is met.
  const { call } = newClient(shop.url)
  switch (deed) {
    case 'log in':
      return call('POST', '/v1/sessions', { body: account })
    case 'browse':
      return call('GET', '/v1/products?limit=1')
    case 'place': {
      const productId = productIds[placed++ % productIds.length]
      const body = { items: [{ productId, quantity: 1 }], paymentMethod: { token: 'tok_ok' } }
      return call('POST', '/v1/orders', { token, headers: key(), body })
    }
    case 'read':
      return call('GET', `/v1/orders/${orderId}`, { token })
    case 'list':
      return call('GET', '/v1/orders?limit=1', { token })
    case 'payments':
      return call('GET', `/v1/payments?orderId=${orderId}`, { token })
    case 'page':
      return call('GET', '/')
  }
}

async function timed(deed: Deed): Promise<Asked<Deed>> {
  const startedAt = performance.now()
  const { status, body } = await ask(deed).catch((error: Error) => ({ status: 0, body: error.message }))
  return { deed, status, ms: performance.now() - startedAt, body }
}

/** Every deed again and again, each at its own pace, as long as the outage lasts. */
async function shopMeanwhile(outage: Promise<unknown>): Promise<Asked<Deed>[]> {
  let over = false
  const asked = deeds.map(async (deed) => {
    const results: Asked<Deed>[] = []
    do {
      results.push(await timed(deed))
      await wait(250)
    } while (!over)
    return results
  })
  await outage
  over = true
  return (await Promise.all(asked)).flat()
}

const signal = (pid: number, name: NodeJS.Signals) => process.kill(pid, name)

/** Ways to be away, each for as long as an outage lasts. The supervisor brings back what was killed. */
const faults: Readonly<Record<string, (pid: number) => Promise<void>>> = {
  async killed(pid) {
    signal(pid, 'SIGKILL')
    await wait(OUTAGE_MS)
  },
  async frozen(pid) {
    signal(pid, 'SIGSTOP')
    await wait(OUTAGE_MS).finally(() => signal(pid, 'SIGCONT'))
  },
  /** It runs for a twentieth of the time. */
  async slow(pid) {
    const end = Date.now() + OUTAGE_MS
    try {
      while (Date.now() < end) {
        signal(pid, 'SIGSTOP')
        await wait(380)
        signal(pid, 'SIGCONT')
        await wait(20)
      }
    } finally {
      signal(pid, 'SIGCONT')
    }
  },
}

describe.each(Object.keys(neededFor))('while %s-service is away', (service) => {
  it.each(Object.keys(faults))(
    '(%s) only what needs it fails, and all is well again by itself',
    async (fault) => {
      const { pid } = await shop.process(service)
      // A token is good for a quarter of an hour, and all of this takes longer.
      token = (await ask<Session>('log in')).body.accessToken
      const outage = (faults[fault]?.(pid) ?? Promise.resolve()).then(() => performance.now())
      const asked = await shopMeanwhile(outage)
      const needed = neededFor[service] ?? []
      const failed = asked.filter((each) => !went(each))
      expect(failed.filter(({ deed }) => !needed.includes(deed))).toEqual([])
      expect(failed.filter(({ status }) => status < 500)).toEqual([])
      expect(asked.filter(({ ms }) => ms > PATIENCE_MS)).toEqual([])
      if (service === 'user' && fault === 'frozen') {
        const lists = asked.filter(({ deed }) => deed === 'list').map(({ body }) => body as { incomplete: string[] })
        expect(lists.some(({ incomplete }) => incomplete.includes('user'))).toBe(true)
      }
      const well = async () => (await Promise.all(deeds.map(timed))).filter((each) => !went(each))
      await expect.poll(well, { timeout: RECOVERY_MS, interval: 250 }).toEqual([])
      outages.push({ service, fault, asked, needed, recoveredMs: performance.now() - (await outage) })
      await everyOrderEnds()
    },
    300_000,
  )
})

/** What was placed meanwhile is paid once all is back. */
async function everyOrderEnds(): Promise<void> {
  const pending = async () => {
    const { body } = await newClient(shop.url).call<{ items: MergedOrder[] }>(
      'GET',
      '/v1/orders?status=pending&limit=100',
      { token },
    )
    return body.items?.length
  }
  await expect.poll(pending, { timeout: RECOVERY_MS, interval: 1000 }).toBe(0)
}
