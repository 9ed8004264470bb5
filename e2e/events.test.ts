import { randomUUID } from 'node:crypto'
import type { Order, Product, Session } from '@portico/contracts'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { key, newClient } from './client.ts'
import { openOrderDatabase } from './order-database.ts'
import { type Shop, startShop } from './shop.ts'

interface DeadLetter {
  readonly id: string
  readonly group: string
  readonly reason: string
  readonly event?: { readonly type: string; readonly subject: string }
}

const PATIENCE = { timeout: 60_000, interval: 200 }
let shop: Shop

beforeAll(async () => {
  shop = await startShop({ args: ['--bus', 'nats'], env: { EVENT_MAX_ATTEMPTS: '3' } })
}, 150_000)

afterAll(() => shop?.stop(), 20_000)

/** A customer who orders one of the first product there is. */
async function order() {
  const client = newClient(shop.url)
  const credentials = { email: `${randomUUID()}@example.test`, password: 'a good long password' }
  await client.call('POST', '/v1/users', { body: { ...credentials, name: 'Ada' } })
  const { accessToken: token } = (await client.call<Session>('POST', '/v1/sessions', { body: credentials })).body
  const { items } = (await client.call<{ items: Product[] }>('GET', '/v1/products?limit=1')).body
  const body = { items: [{ productId: items[0]?.id, quantity: 1 }], paymentMethod: { token: 'tok_ok' } }
  const { body: placed } = await client.call<Order>('POST', '/v1/orders', { token, body, headers: key() })
  const status = async () => (await client.call<Order>('GET', `/v1/orders/${placed.id}`, { token })).body.status
  return { id: placed.id, status }
}

const events = (...words: string[]) => shop.run('events', words)

async function deadLetters(): Promise<DeadLetter[]> {
  const { code, stdout, stderr } = await events('dead', '--json', '--group', 'order')
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as DeadLetter[]
}

/** Does work while order-service can't handle any event, as by a bad migration. */
async function whileBroken(work: () => Promise<void>): Promise<void> {
  const connection = await openOrderDatabase(shop)
  await connection.query('rename table inbox to inbox_away')
  try {
    await work()
  } finally {
    await connection.query('rename table inbox_away to inbox')
    await connection.end()
  }
}

it('sells on NATS as on any other bus, and shows it as a process', async () => {
  expect((await shop.process('nats')).health).toBe('ready')
  expect((await shop.status()).map(({ name }) => name)).not.toContain('redis-bus')
  const { status } = await order()
  await vi.waitFor(async () => expect(await status()).toBe('paid'), PATIENCE)
})

it('shows an event that could not be handled, and replays it for its effect once its cause is mended', async () => {
  let placed: Awaited<ReturnType<typeof order>> | undefined
  await whileBroken(async () => {
    placed = await order()
    await vi.waitFor(async () => expect(await deadLetters()).toHaveLength(1), PATIENCE)
  })
  const [letter] = await deadLetters()
  const shown = JSON.parse((await events('show', letter?.id ?? '', '--json')).stdout) as DeadLetter
  expect(shown).toMatchObject({ group: 'order', event: { type: 'payment_captured', subject: placed?.id } })
  expect(shown.reason).toContain('inbox')
  expect(await placed?.status()).toBe('pending')

  const replayed = await events('replay', letter?.id ?? '')
  expect(replayed, replayed.stderr).toMatchObject({ code: 0 })
  await vi.waitFor(async () => expect(await placed?.status()).toBe('paid'), PATIENCE)
  expect(await deadLetters()).toEqual([])
})

it('says what is wrong with a command, and never how the program came to notice', async () => {
  const wrong = [['gone'], ['show'], ['show', 'order.77'], ['drop', '--all'], ['dead', '--group', 'nobody']]
  for (const words of wrong) {
    const { code, stderr } = await events(...words)
    expect([words, code]).toEqual([words, 1])
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(stderr.trim()).not.toBe('')
  }
  expect((await events('--help')).stdout).toContain('replay ID')
})
