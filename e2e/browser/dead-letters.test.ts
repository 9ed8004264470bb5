import type { Order, Product, User } from '@portico/contracts'
import { expect, it } from 'vitest'
import { key, newClient } from '../client.ts'
import { openOrderDatabase } from '../order-database.ts'
import { accessibilityFaults, widthFaults } from './accessibility.ts'
import { enterPanel, newAdmin } from './administrator.ts'
import { visit } from './browser.ts'
import { newAccount, password } from './customer.ts'
import { openStage } from './stage.ts'

const stage = openStage()
/** Ten tries with their pauses, on a busy machine. */
const PATIENCE = { timeout: 120_000 }

/** A customer who has placed nothing yet. */
async function newCustomer() {
  const client = newClient(stage.shop.url)
  const { email } = await newAccount(stage.shop.url)
  const session = await client.call<{ accessToken: string }>('POST', '/v1/sessions', { body: { email, password } })
  const token = session.body.accessToken
  const { id } = (await client.call<User>('GET', '/v1/users/me', { token })).body
  const status = async (orderId: string) =>
    (await client.call<Order>('GET', `/v1/orders/${orderId}`, { token })).body.status
  const order = async (): Promise<string> => {
    const { body: products } = await client.call<{ items: Product[] }>('GET', '/v1/products?q=lamp&limit=1')
    const items = [{ productId: products.items[0]?.id, quantity: 1 }]
    const ask = { token, body: { items, paymentMethod: { token: 'tok_ok' } }, headers: key() }
    const place = () => client.call<Order>('POST', '/v1/orders', ask)
    // The same request until it is taken: a busy machine may be too slow for a hold at first.
    await expect.poll(async () => (await place()).status, { timeout: 120_000, interval: 1000 }).toBe(201)
    return (await place()).body.id
  }
  return { id, order, status }
}

/** Does work while no order of these customers can leave `pending`: the events that would have it do so keep failing. */
async function whileStuck(customers: readonly { readonly id: string }[], work: () => Promise<void>): Promise<void> {
  const connection = await openOrderDatabase(stage.shop)
  const ids = customers.map(({ id }) => connection.escape(id)).join(', ')
  await connection.query(
    `alter table orders add constraint stuck check (customer_id not in (${ids}) or status = 'pending')`,
  )
  try {
    await work()
  } finally {
    await connection.query('alter table orders drop constraint stuck')
    await connection.end()
  }
}

it('shows events that order-service could not handle, replays one for its effect, and throws one away', async () => {
  const admin = await newAdmin(stage.shop)
  const { page, leave } = await visit(stage.browser, stage.shop.url)
  await enterPanel(page, admin)
  const [first, second] = [await newCustomer(), await newCustomer()]
  let [mended, lost] = ['', '']
  const letterOf = (id: string) =>
    page.getByRole('main').getByRole('listitem').filter({ hasText: id }).filter({ hasText: 'payment_captured' })

  await whileStuck([first, second], async () => {
    mended = await first.order()
    lost = await second.order()
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Dead letters' }).click()
    // The page looks by itself now and then.
    await letterOf(mended).waitFor(PATIENCE)
    await letterOf(lost).waitFor(PATIENCE)
  })
  expect(await letterOf(mended).textContent()).toMatch(/after 10 tries.*stuck/)
  await letterOf(mended).getByRole('button', { name: 'Show the message' }).click()
  await letterOf(mended).getByText('"type": "payment_captured"').waitFor()
  expect([...(await accessibilityFaults(page)), ...(await widthFaults(page))]).toEqual([])
  expect(await first.status(mended)).toBe('pending')

  await letterOf(mended).getByRole('button', { name: 'Replay' }).click()
  await letterOf(mended).waitFor({ state: 'detached' })
  await expect.poll(() => first.status(mended), PATIENCE).toBe('paid')

  await letterOf(lost).getByRole('button', { name: 'Throw away' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Throw it away' }).click()
  await letterOf(lost).waitFor({ state: 'detached' })
  expect(await second.status(lost)).toBe('pending')

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Audit log' }).click()
  for (const [what, id] of [
    ['Replayed a dead letter', mended],
    ['Threw a dead letter away', lost],
  ] as const) {
    const entry = page.getByRole('main').getByRole('article').filter({ hasText: what }).filter({ hasText: id })
    await entry.getByText(admin).waitFor()
    expect(await entry.textContent()).toContain('payment_captured')
  }
  await leave()
})
