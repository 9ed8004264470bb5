import { randomUUID } from 'node:crypto'
import type { Product } from '@portico/contracts'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { newClient } from '../client.ts'
import { accessibilityFaults, widthFaults } from './accessibility.ts'
import { enterPanel, newAdmin, paidOrder } from './administrator.ts'
import { type Visitor, visit } from './browser.ts'
import { newAccount, password } from './customer.ts'
import { openStage } from './stage.ts'

const stage = openStage()
let admin: string

beforeAll(async () => {
  admin = await newAdmin(stage.shop)
}, 60_000)

async function administering(work: (visitor: Visitor) => Promise<void>, options: BrowserContextOptions = {}) {
  const visitor = await visit(stage.browser, stage.shop.url, options)
  await enterPanel(visitor.page, admin)
  await work(visitor)
  await visitor.leave()
}

const go = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).click()

it('finds an order, tells what happened to it, gives a part back, and has written down who did', () =>
  administering(async ({ page }) => {
    const order = await paidOrder(stage.shop.url)
    await go(page, 'Orders')
    await page.getByLabel('Find an order').fill(order.id.slice(0, 18))
    await page.getByLabel('Find an order').press('Enter')
    await page.getByRole('link', { name: order.id }).click()

    await page.getByText('order_placed').waitFor()
    const timeline = page.getByRole('region', { name: 'Timeline' }).getByRole('listitem')
    expect(await timeline.first().textContent()).toMatch(/Pending|order_placed/)
    expect(await timeline.last().textContent()).toContain('Paid')
    const heard = timeline.filter({ hasText: 'Heard from payment-service: payment_captured' })
    await heard.waitFor()
    // One request is behind all of it, so it is named once.
    expect(await timeline.filter({ hasText: /Request [\w.:#-]+/ }).count()).toBe(1)

    await page.getByRole('button', { name: 'Refund …' }).click()
    await page.getByLabel('Amount in EUR').fill('99999')
    await page.getByRole('button', { name: 'Refund', exact: true }).click()
    await page.getByText('is left').waitFor()
    await page.getByLabel('Amount in EUR').fill('2.50')
    await page.getByLabel('Reason').fill('a scratch')
    await page.getByRole('button', { name: 'Refund', exact: true }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Give it back' }).click()
    await page.getByText('Gone back: €2.50').waitFor()

    await go(page, 'Audit log')
    const entry = page.getByRole('main').getByRole('article').filter({ hasText: 'Refunded a payment' }).first()
    await entry.getByText(admin).waitFor()
    expect(await entry.textContent()).toContain('a scratch')
    expect(await entry.textContent()).toContain('€2.50')
  }))

it('cancels a paid order whole, once it has been confirmed', () =>
  administering(async ({ page }) => {
    const { id } = await paidOrder(stage.shop.url)
    await page.goto(`/admin/orders/${id}`)
    await page.getByRole('button', { name: 'Cancel this order' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Keep it' }).click()
    await page.getByRole('button', { name: 'Cancel this order' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the order' }).click()
    await page.getByText('refund_requested').waitFor()
    await page.getByRole('region', { name: 'Timeline' }).getByText('Refunded', { exact: true }).waitFor()
  }))

it('adds a product, changes it, and shows what somebody else has changed meanwhile', () =>
  administering(async ({ page, newTab }) => {
    const sku = `T-${randomUUID().slice(0, 8)}`
    await go(page, 'Products')
    await page.getByRole('link', { name: 'Add a product' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Brass hook')
    await page.getByLabel('SKU').fill(sku)
    await page.getByLabel('Category').fill('home')
    await page.getByLabel('Price').fill('12.345')
    await page.getByLabel('First stock').fill('5')
    await page.getByRole('button', { name: 'Add it' }).click()
    await page.getByText('The price is no amount in EUR.').waitFor()
    await page.getByLabel('Price').fill('12.50')
    await page.getByRole('button', { name: 'Add it' }).click()
    await page.getByRole('heading', { name: 'Brass hook', level: 1 }).waitFor()

    const other = await newTab()
    await other.goto(new URL(page.url()).pathname)
    await other.getByLabel('Price').fill('14')
    await other.getByRole('button', { name: 'Save' }).click()
    await other.getByText('It is changed.').waitFor()

    await page.getByLabel('Name', { exact: true }).fill('Brass coat hook')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Price: €12.50 became €14.00').waitFor()
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Brass coat hook')
    await page.getByRole('button', { name: 'Throw mine away' }).click()
    expect(await page.getByLabel('Price').inputValue()).toBe('14.00')
    await page.getByLabel('Name', { exact: true }).fill('Brass coat hook')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('It is changed.').waitFor()

    await page.getByLabel('Change by').fill('-2')
    await page.getByLabel('Reason').fill('broken')
    await page.getByRole('button', { name: 'Change the stock' }).click()
    await page.getByRole('heading', { name: 'Stock: 3 available' }).waitFor()
    await page.getByRole('cell', { name: 'broken' }).waitFor()

    await page.getByRole('button', { name: 'Retire this product' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Retire it' }).click()
    await page.getByRole('heading', { name: 'Products', level: 1 }).waitFor()
    const { body } = await newClient(stage.shop.url).call<{ items: Product[] }>('GET', `/v1/products?q=${sku}`)
    expect(body.items).toEqual([])
  }))

/** Opens an account from the list of users. */
async function openAccount(page: Page, email: string): Promise<void> {
  await go(page, 'Users')
  await page.getByLabel('Find a user').fill(email)
  await page.getByLabel('Find a user').press('Enter')
  await page.getByRole('link', { name: email }).click()
  await page.getByRole('heading', { name: 'Account', level: 2 }).waitFor()
}

/** Presses a button that asks first, and confirms. */
async function confirm(page: Page, action: string, answer: string): Promise<void> {
  await page.getByRole('button', { name: action, exact: true }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: answer, exact: true }).click()
}

const logIn = (email: string) =>
  newClient(stage.shop.url).call<{ accessToken: string }>('POST', '/v1/sessions', { body: { email, password } })

describe('an account', () => {
  const account = (page: Page) => page.getByRole('region', { name: 'Account' })

  it('is disabled and enabled after a question, which the list and the audit log show', () =>
    administering(async ({ page }) => {
      const { email } = await newAccount(stage.shop.url, 'Grace Hopper')
      await openAccount(page, email)
      await page.getByRole('button', { name: 'Disable the account' }).click()
      await page.getByRole('alertdialog').getByText("can't log in until an admin enables the account").waitFor()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Not now' }).click()
      expect((await logIn(email)).status).toBe(201)
      await confirm(page, 'Disable the account', 'Disable it')
      await account(page).getByText('Disabled', { exact: true }).waitFor()
      expect((await logIn(email)).status).toBe(403)

      await go(page, 'Users')
      await page.getByLabel('Find a user').fill(email)
      await page.getByLabel('Find a user').press('Enter')
      await page.getByRole('row').filter({ hasText: email }).getByText('Disabled', { exact: true }).waitFor()
      await page.getByRole('link', { name: email }).click()
      await confirm(page, 'Enable the account', 'Enable it')
      await account(page).getByText('Active', { exact: true }).waitFor()
      expect((await logIn(email)).status).toBe(201)
      await confirm(page, 'End all sessions', 'End them')
      await page.getByText('All sessions are ended.').waitFor()

      await go(page, 'Audit log')
      const entries = page.getByRole('main').getByRole('article')
      await entries.filter({ hasText: "Ended a user's sessions" }).first().waitFor()
      expect(await entries.filter({ hasText: /Listed users|Read a user's data/ }).count()).toBe(0)
      await page.getByLabel('Show').selectOption('Reads of personal data')
      await entries.filter({ hasText: "Read a user's data" }).first().waitFor()
      expect(await entries.filter({ hasText: "Ended a user's sessions" }).count()).toBe(0)
    }))

  it('becomes an admin, and shows one who is an admin no longer why the API refuses', () =>
    administering(async ({ page }) => {
      const { email } = await newAccount(stage.shop.url, 'Grace Hopper')
      const other = await newAdmin(stage.shop)
      await openAccount(page, other)
      const visitor = await visit(stage.browser, stage.shop.url)
      await enterPanel(visitor.page, other)
      await openAccount(visitor.page, email)
      await confirm(visitor.page, 'Make an admin', 'Make an admin')
      await account(visitor.page).getByText('Admin', { exact: true }).waitFor()
      await confirm(page, 'Make a customer', 'Make a customer')
      await account(page).getByText('Customer', { exact: true }).waitFor()
      await confirm(visitor.page, 'Make a customer', 'Make a customer')
      await visitor.page.getByText('The role could not be changed.').waitFor()
      await visitor.leave()
      const promoted = await visit(stage.browser, stage.shop.url)
      await enterPanel(promoted.page, email)
      await promoted.leave()
    }))

  it("offers neither another role nor disabling on the admin's own account, and says why", () =>
    administering(async ({ page }) => {
      await openAccount(page, admin)
      await page.getByText('only another admin can disable it or change its role').waitFor()
      expect(await account(page).getByRole('button').allTextContents()).toEqual(['End all sessions'])
    }))

  it('shows that another admin has changed it meanwhile', () =>
    administering(async ({ page }) => {
      const { email } = await newAccount(stage.shop.url, 'Grace Hopper')
      await openAccount(page, email)
      // A real conflict takes two admins within the time of one request, so its answer is replayed.
      await page.route(/\/v1\/users\/[0-9a-f-]{36}$/, (route) =>
        route.request().method() === 'PATCH'
          ? route.fulfill({
              status: 409,
              contentType: 'application/problem+json',
              json: { type: 'urn:portico:problem:wrong-state', detail: 'Another admin has changed this account.' },
            })
          : route.continue(),
      )
      await confirm(page, 'Disable the account', 'Disable it')
      await page.getByText('The account could not be disabled.').waitFor()
      await page.getByText('Another admin has changed this account.').waitFor()
    }))
})

it('loses only the part whose service is away, says so, and has it back afterwards', () =>
  administering(async ({ page }) => {
    const { id } = await paidOrder(stage.shop.url)
    const { pid } = await stage.shop.process('payment')
    process.kill(pid, 'SIGSTOP')
    try {
      await page.goto(`/admin/orders/${id}`)
      await page.getByText('The payments could not be loaded.').waitFor()
      await page.getByText('order_placed').waitFor()
      await go(page, 'Audit log')
      await page.getByText('What payment-service holds is missing here.').waitFor()
      await go(page, 'Dashboard')
      await page.getByRole('listitem').filter({ hasText: 'payment' }).getByText('Down').waitFor()
    } finally {
      process.kill(pid, 'SIGKILL')
    }
    await expect
      .poll(
        () => page.getByRole('listitem').filter({ hasText: 'payment' }).getByText('Ready', { exact: true }).count(),
        {
          timeout: 90_000,
        },
      )
      .toBe(1)
    await page.goto(`/admin/orders/${id}`)
    await page.getByRole('heading', { name: 'Attempt 1' }).waitFor()
  }))

it('shows the traffic of the last half hour, of the gateway or of the service that one chooses', () =>
  administering(async ({ page }) => {
    const traffic = page.getByRole('region', { name: 'Traffic' })
    await traffic.getByRole('heading', { name: 'Last half hour, gateway' }).waitFor()
    await traffic.getByRole('img', { name: /^Requests a minute, most at / }).waitFor({ timeout: 60_000 })
    await traffic.getByRole('combobox', { name: 'Traffic of' }).selectOption('order')
    await traffic.getByRole('heading', { name: 'Last half hour, order' }).waitFor()
    await traffic.getByRole('table', { name: 'Routes of order' }).waitFor()
  }))

it('is closed to customers, in words and in deed', async () => {
  const { page, url, leave } = await visit(stage.browser, stage.shop.url)
  const { email } = await newAccount(stage.shop.url)
  await enterPanel(page, email, 'This is for admins')
  const client = newClient(url)
  const session = await client.call<{ accessToken: string }>('POST', '/v1/sessions', { body: { email, password } })
  const token = session.body.accessToken
  for (const path of [
    'orders',
    'payments',
    'audit',
    'gateway',
    'health',
    'traffic',
    'traffic/history',
    'dead-letters?group=order',
  ])
    expect([path, (await client.call('GET', `/v1/admin/${path}`, { token })).status]).toEqual([path, 403])
  await leave()
})

const views: readonly [string, BrowserContextOptions][] = [
  ['a small phone by day', { viewport: { width: 320, height: 640 }, colorScheme: 'light', hasTouch: true }],
  ['a phone at night', { viewport: { width: 390, height: 844 }, colorScheme: 'dark', reducedMotion: 'reduce' }],
  ['a desk by day', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }],
  ['a desk at night', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
]

describe.each(views)('on %s', (_, options) => {
  it('every page fits, and axe finds nothing wrong with it', () =>
    administering(async ({ page }) => {
      const order = await paidOrder(stage.shop.url)
      const faults: string[] = []
      const look = async (heading: string | RegExp) => {
        await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
        await page.waitForLoadState('networkidle')
        faults.push(...(await widthFaults(page)), ...(await accessibilityFaults(page)))
      }
      await look('Dashboard')
      for (const name of ['Orders', 'Payments', 'Products', 'Users', 'Dead letters', 'Gateway', 'Audit log']) {
        await go(page, name)
        await look(name)
      }
      await page.goto(`/admin/orders/${order.id}`)
      await page.getByRole('button', { name: 'Refund …' }).click()
      await page.getByRole('button', { name: 'Refund', exact: true }).click()
      await look(/^Order/)
      await page.goto('/admin/products/new')
      await page.getByRole('button', { name: 'Add it' }).click()
      await look('A new product')
      await page.goto(`/admin/products/${order.items[0]?.productId}`)
      await page.getByRole('button', { name: 'Retire this product' }).click()
      await page.getByRole('alertdialog').waitFor()
      faults.push(...(await accessibilityFaults(page)))
      await page.getByRole('button', { name: 'Keep it' }).click()
      await openAccount(page, (await newAccount(stage.shop.url, 'Grace Hopper')).email)
      await look('Grace Hopper')
      await page.getByRole('button', { name: 'Disable the account' }).click()
      await page.getByRole('alertdialog').waitFor()
      faults.push(...(await widthFaults(page)), ...(await accessibilityFaults(page)))
      await page.getByRole('button', { name: 'Not now' }).click()
      await page.goto('/admin/nowhere')
      await look('There is no such page')
      expect(faults).toEqual([])
    }, options))
})
