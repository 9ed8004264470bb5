import { randomUUID } from 'node:crypto'
import type { Order, Payment, Product } from '@portico/contracts'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { key, newClient } from '../client.ts'
import type { Shop } from '../shop.ts'
import { newAccount, password } from './customer.ts'

/** Makes an admin as a person would. @returns the address */
export async function newAdmin(shop: Shop): Promise<string> {
  const email = `${randomUUID()}@example.test`
  const { code, stderr } = await shop.run('admin', ['create', email], { PORTICO_ADMIN_PASSWORD: password })
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return email
}

/** Signs in at the panel, and waits for what comes: the dashboard, or the word that this is for others. */
export async function enterPanel(page: Page, email: string, heading = 'Dashboard'): Promise<void> {
  await page.goto('/admin')
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
}

/** An order of a new customer, paid by now, of a product that is in the catalogue. */
export async function paidOrder(shopUrl: string): Promise<Order> {
  const client = newClient(shopUrl)
  const { email } = await newAccount(shopUrl)
  const session = await client.call<{ accessToken: string }>('POST', '/v1/sessions', { body: { email, password } })
  const token = session.body.accessToken
  const { body: products } = await client.call<{ items: Product[] }>('GET', '/v1/products?q=lamp&limit=1')
  const items = [{ productId: products.items[0]?.id, quantity: 1 }]
  const body = { items, paymentMethod: { token: 'tok_ok' } }
  // The same request until it is taken: a busy machine may be too slow for a hold at first.
  const headers = key()
  const place = () => client.call<Order>('POST', '/v1/orders', { token, body, headers })
  await expect.poll(async () => (await place()).status, { timeout: 120_000, interval: 1000 }).toBe(201)
  const { id } = (await place()).body
  const read = async () => (await client.call<Order>('GET', `/v1/orders/${id}`, { token })).body
  await expect.poll(async () => (await read()).status).toBe('paid')
  const payments = await client.call<{ items: Payment[] }>('GET', `/v1/payments?orderId=${id}`, { token })
  expect(payments.body.items).toMatchObject([{ status: 'captured' }])
  return await read()
}
