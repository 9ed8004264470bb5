import { randomUUID } from 'node:crypto'
import type { MergedOrder, Payment } from '@portico/contracts'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { newClient } from '../client.ts'
import { type Visitor, visit } from './browser.ts'
import { type Account, newAccount, orderWith, password, putIntoCart, signIn } from './customer.ts'
import { openStage } from './stage.ts'

const stage = openStage()

async function visiting(work: (visitor: Visitor, account: Account) => Promise<void>): Promise<void> {
  const visitor = await visit(stage.browser, stage.shop.url)
  await work(visitor, await newAccount(stage.shop.url))
  await visitor.leave()
}

type Lost = 'request' | 'answer'

/** Lets the next POST to a path, or the answer to it, get lost. @returns the key of each that was sent */
async function lose(page: Page, lost: Lost, path: string | RegExp): Promise<string[]> {
  const keys: string[] = []
  await page.route(path, async (route) => {
    const request = route.request()
    if (request.method() !== 'POST') return await route.continue()
    keys.push(request.headers()['idempotency-key'] ?? '')
    if (keys.length > 1) return await route.continue()
    if (lost === 'answer') expect((await route.fetch()).status()).toBeLessThan(300)
    await route.abort('connectionreset')
  })
  return keys
}

const payments = /\/v1\/orders\/[^/]+\/payments$/

/** What the shop itself knows of a customer. */
async function truthOf({ email }: Account) {
  const client = newClient(stage.shop.url)
  const session = await client.call<{ accessToken: string }>('POST', '/v1/sessions', { body: { email, password } })
  const token = session.body.accessToken
  const { items: orders } = (await client.call<{ items: MergedOrder[] }>('GET', '/v1/orders', { token })).body
  const path = `/v1/payments?orderId=${orders[0]?.id}`
  const { items: payments } = (await client.call<{ items: Payment[] }>('GET', path, { token })).body
  return { orders: orders.length, payments: payments.map(({ attempt, status }) => `${attempt} ${status}`).sort() }
}

it('says that nobody knows what became of an order whose answer got lost, and has ordered once when asked again', () =>
  visiting(async ({ page }, account) => {
    await signIn(page, account)
    await putIntoCart(page, 'Doormat')
    const keys = await lose(page, 'answer', '**/v1/orders')
    await page.goto('/shop/checkout')
    await page.getByRole('button', { name: 'Order and pay' }).click()
    await page.getByText("We don't know yet whether your order went through.").waitFor()
    await page.getByRole('button', { name: 'Try again' }).waitFor()
    // A new page still knows under which key it was sent.
    await page.reload()
    await page.getByRole('button', { name: 'Order and pay' }).click()
    await page.getByRole('heading', { name: 'It is yours.' }).waitFor()
    expect(keys).toHaveLength(2)
    expect(keys[1]).toBe(keys[0])
    await expect.poll(() => truthOf(account)).toEqual({ orders: 1, payments: ['1 captured'] })
  }))

async function withDeclinedOrder(page: Page, account: Account) {
  await signIn(page, account)
  await putIntoCart(page, 'Doormat')
  await orderWith(page, 'Declined card')
  await page.getByRole('heading', { name: 'The payment did not go through' }).waitFor()
  const payWith = async (card: string) => {
    await page.getByRole('radio', { name: card }).click()
    await page.getByRole('button', { name: 'Pay again' }).click()
  }
  return { payWith }
}

it('says so of a payment whose request got lost, and starts it under the same key when asked again', () =>
  visiting(async ({ page }, account) => {
    const { payWith } = await withDeclinedOrder(page, account)
    const keys = await lose(page, 'request', payments)
    await payWith('Card that pays')
    await page.getByText("We don't know yet whether the payment was started.").waitFor()
    await payWith('Card that pays')
    await page.getByRole('heading', { name: 'It is yours.' }).waitFor()
    expect(keys).toHaveLength(2)
    expect(keys[1]).toBe(keys[0])
    await expect.poll(() => truthOf(account)).toEqual({ orders: 1, payments: ['1 failed', '2 captured'] })
  }))

it('shows what became of a payment whose answer got lost, and takes the next try as another', () =>
  visiting(async ({ page }, account) => {
    const { payWith } = await withDeclinedOrder(page, account)
    const keys = await lose(page, 'answer', payments)
    await payWith('Empty card')
    await expect.poll(() => page.getByText('€29.90, failed').count()).toBe(2)
    await page.getByRole('heading', { name: 'The payment did not go through' }).waitFor()
    await payWith('Empty card')
    await expect.poll(() => page.getByText('€29.90, failed').count()).toBe(3)
    expect(keys[1]).not.toBe(keys[0])
    expect(await truthOf(account)).toEqual({ orders: 1, payments: ['1 failed', '2 failed', '3 failed'] })
  }))

it('says how long to wait after too many tries to sign in, and lets one in afterwards', () =>
  visiting(async ({ page, url }, account) => {
    await page.goto('/shop/sign-in')
    await page.getByLabel('E-mail address').fill(account.email)
    await page.getByLabel('Password').fill(password)
    // Somebody else at the same address guesses.
    const guess = () =>
      page.request.post(`${url}/v1/web/sessions`, {
        headers: { 'x-csrf': '1' },
        data: { email: `${randomUUID()}@example.test`, password },
      })
    await expect.poll(async () => (await guess()).status(), { timeout: 90_000, interval: 10 }).toBe(429)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('That was too often in a short time.').waitFor()
    const countdown = page.getByText(/^You can try again in \d+ s\.$/)
    const first = await countdown.textContent()
    await expect.poll(() => countdown.textContent()).not.toBe(first)
    await countdown.waitFor({ state: 'detached', timeout: 90_000 })
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Your orders', level: 1 }).waitFor()
  }))
