import { randomUUID } from 'node:crypto'
import type { Category } from '@portico/contracts'
import { expect, it } from 'vitest'
import { newClient } from '../client.ts'
import { type Visitor, visit } from './browser.ts'
import { newAccount, orderWith, password, putIntoCart, signIn } from './customer.ts'
import { openStage } from './stage.ts'

const stage = openStage()

async function visiting(work: (visitor: Visitor) => Promise<void>): Promise<void> {
  const visitor = await visit(stage.browser, stage.shop.url)
  await work(visitor)
  await visitor.leave()
}

it('shows at its door what the catalogue has', () =>
  visiting(async ({ page, url }) => {
    const { body } = await newClient(url).call<{ items: Category[] }>('GET', '/v1/categories')
    const count = body.items.reduce((total, { products }) => total + products, 0)
    expect(count).toBeGreaterThanOrEqual(60)
    await page.goto('/')
    await page.getByText(`${count} well-made objects`).waitFor()
    const departments = page.getByRole('region', { name: 'Room by room' }).getByRole('listitem')
    await expect.poll(() => departments.count()).toBe(body.items.length)
    const desk = body.items.find(({ name }) => name === 'desk')
    const lowest = ((desk?.lowestPrices[0]?.amount ?? 0) / 100).toFixed(2)
    expect(await departments.filter({ hasText: 'Desk' }).textContent()).toContain(
      `${desk?.products} things from €${lowest}`,
    )
    await departments.getByRole('link', { name: 'Desk' }).click()
    await page.getByRole('heading', { name: 'Desk', level: 1 }).waitFor()
    await page.getByRole('group', { name: 'Price in euros' }).first().waitFor()
  }))

it('takes a stranger from the door to a paid order, and back out of it', () =>
  visiting(async ({ page }) => {
    await page.goto('/')
    await page.getByRole('link', { name: 'Walk in' }).click()
    await page.getByRole('heading', { name: 'The whole shop' }).waitFor()
    await page.getByRole('button', { name: 'Show more' }).click()
    await page.getByText('48 things, and there is more').first().waitFor()

    await page.getByRole('complementary').getByRole('link', { name: 'Desk' }).click()
    await page.getByRole('heading', { name: 'Desk', level: 1 }).waitFor()
    await page.getByLabel('Sort by').selectOption({ label: 'Price, highest first' })
    await expect
      .poll(() => page.getByRole('main').getByRole('heading', { level: 3 }).first().textContent())
      .toBe('Desk lamp')
    await page.getByRole('complementary').getByLabel('To').fill('20')
    await page.getByRole('complementary').getByRole('button', { name: 'Apply' }).click()
    await page.getByText('3 things').first().waitFor()

    await putIntoCart(page, 'Desk lamp')
    await page.reload()
    await page.getByRole('link', { name: 'Cart, 1 thing' }).click()
    await page.getByRole('button', { name: 'More: Quantity of Desk lamp' }).click()
    await page.getByText('€158.00').first().waitFor()

    await page.getByRole('link', { name: 'To the checkout' }).click()
    await page.getByRole('link', { name: 'Create an account' }).click()
    await page.getByLabel('Name').fill('Ada Lovelace')
    await page.getByLabel('E-mail address').fill(`${randomUUID()}@example.test`)
    await page.getByLabel('Password').fill('short')
    await page.getByRole('button', { name: 'Create the account' }).click()
    await expect.poll(() => page.getByLabel('Password').getAttribute('aria-invalid')).toBe('true')
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Create the account' }).click()

    await page.getByRole('button', { name: 'Order and pay' }).click()
    await page.getByRole('heading', { name: 'It is yours.' }).waitFor()
    await page.getByRole('heading', { name: 'Payments' }).waitFor()
    await page.getByRole('link', { name: 'Cart, 0 things' }).waitFor()

    await page.getByRole('link', { name: 'All your orders' }).click()
    await page.getByText('Ada Lovelace').waitFor()
    await page.getByRole('link', { name: 'Desk lamp' }).click()
    await page.getByRole('button', { name: 'Cancel this order' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the order' }).click()
    await page.getByRole('heading', { name: 'Your money is on its way back' }).waitFor()
  }))

it('lets a declined card be followed by a better one', () =>
  visiting(async ({ page }) => {
    await signIn(page, await newAccount(stage.shop.url))
    await putIntoCart(page, 'Wall clock')
    await orderWith(page, 'Declined card')
    await page.getByRole('heading', { name: 'The payment did not go through' }).waitFor()
    await page.getByRole('radio', { name: 'Card that pays' }).click()
    await page.getByRole('button', { name: 'Pay again' }).click()
    await page.getByRole('heading', { name: 'It is yours.' }).waitFor()
    await expect.poll(() => page.getByText('€59.00, failed').count()).toBe(1)
    await expect.poll(() => page.getByText('€59.00, paid').count()).toBe(1)
  }))
