import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { newClient } from '../client.ts'

export const password = 'a good long password'

export interface Account {
  readonly email: string
  readonly name: string
}

/** An account made beforehand, where registering is not what is tried. */
export async function newAccount(shopUrl: string, name = 'Ada Lovelace'): Promise<Account> {
  const email = `${randomUUID()}@example.test`
  const body = { email, password, name }
  expect((await newClient(shopUrl).call('POST', '/v1/users', { body })).status).toBe(201)
  return { email, name }
}

export async function signIn(page: Page, { email }: Account): Promise<void> {
  await page.goto('/shop/sign-in')
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Your orders', level: 1 }).waitFor()
}

/** Searches, opens what was found, and puts it into the cart. */
export async function putIntoCart(page: Page, product: string): Promise<void> {
  await page.getByRole('searchbox', { name: 'Search the shop' }).fill(product)
  await page.getByRole('searchbox', { name: 'Search the shop' }).press('Enter')
  await page.getByRole('main').getByRole('link', { name: product }).click()
  await page.getByRole('button', { name: 'Put into the cart' }).click()
  await page.getByText('It is in your cart.').waitFor()
}

/** From the cart to a placed order. */
export async function orderWith(page: Page, card: string): Promise<void> {
  await page.goto('/shop/checkout')
  await page.getByRole('radio', { name: card }).click()
  await page.getByRole('button', { name: 'Order and pay' }).click()
  await page.waitForURL(/\/shop\/orders\/[0-9a-f-]{36}$/)
}
