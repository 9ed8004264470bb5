import type { BrowserContextOptions, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { accessibilityFaults, widthFaults } from './accessibility.ts'
import { visit } from './browser.ts'
import { newAccount, orderWith, putIntoCart, signIn } from './customer.ts'
import { openStage } from './stage.ts'

const stage = openStage()

const views: readonly [string, BrowserContextOptions][] = [
  ['a small phone by day', { viewport: { width: 320, height: 640 }, colorScheme: 'light', hasTouch: true }],
  ['a phone at night', { viewport: { width: 390, height: 844 }, colorScheme: 'dark', reducedMotion: 'reduce' }],
  ['a desk by day', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }],
  ['a desk at night', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
]

/** Waits for a page to stand, and notes what is wrong with it. */
async function look(page: Page, heading: string | RegExp): Promise<string[]> {
  await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
  await page.waitForLoadState('networkidle')
  return [...(await widthFaults(page)), ...(await accessibilityFaults(page))]
}

describe.each(views)('on %s', (_, options) => {
  it('every page fits, and axe finds nothing wrong with it', async () => {
    const { page, leave } = await visit(stage.browser, stage.shop.url, options)
    const faults: string[] = []
    const see = async (heading: string | RegExp) => faults.push(...(await look(page, heading)))
    await page.goto('/')
    await see('Things that stay.')
    await page.goto('/shop?category=kitchen&sort=price')
    await see('Kitchen')
    await page.goto('/shop?q=nothing+like+it')
    await page.getByRole('heading', { name: 'Nothing like that here' }).waitFor()
    await see(/nothing like it/)
    await page.goto('/shop/nowhere')
    await see('There is nothing behind this door')
    await page.goto('/shop/register')
    await page.getByRole('button', { name: 'Create the account' }).click()
    await see('Create an account')
    await page.goto('/shop/checkout')
    await see('Checkout')

    await signIn(page, await newAccount(stage.shop.url))
    await see('Your orders')
    await putIntoCart(page, 'Wool blanket')
    await see('Wool blanket')
    await page.goto('/shop/cart')
    await page.getByText('€89.00').first().waitFor()
    await see('Your cart')
    await page.goto('/shop/checkout')
    await page.getByRole('radio', { name: 'Empty card' }).waitFor()
    await see('Checkout')
    await orderWith(page, 'Empty card')
    await see('The payment did not go through')
    await page.getByRole('button', { name: 'Cancel this order' }).click()
    await page.getByRole('alertdialog').waitFor()
    faults.push(...(await accessibilityFaults(page)))
    await page.getByRole('button', { name: 'Keep it' }).click()
    await page.goto('/shop/orders')
    await page.getByRole('link', { name: 'Wool blanket' }).waitFor()
    await see('Your orders')
    await page.goto('/shop/profile')
    await page.getByLabel('Name').waitFor()
    await see('Your account')
    expect(faults).toEqual([])
    await leave()
  })
})

describe('with a keyboard alone', () => {
  /** Tabs until what has the focus is called so, as somebody would who can't point. */
  async function tabTo(page: Page, name: string): Promise<void> {
    const focused = () =>
      page.evaluate<string>(
        "(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.closest('label')?.textContent ?? document.activeElement?.textContent ?? '').trim()",
      )
    for (let at = 0; at < 80; at += 1) {
      await page.keyboard.press('Tab')
      if ((await focused()).startsWith(name)) return
    }
    throw new Error(`nothing called "${name}" can be reached by the Tab key on ${page.url()}`)
  }

  it('something can be found, bought and paid', async () => {
    const { page, leave } = await visit(stage.browser, stage.shop.url)
    await signIn(page, await newAccount(stage.shop.url))
    await page.goto('/')
    await tabTo(page, 'Skip to the content')
    await page.keyboard.press('Enter')
    await tabTo(page, 'Walk in')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'The whole shop' }).waitFor()
    // The focus came along: from the heading it is on to the page's own controls.
    await expect.poll(() => page.evaluate('document.activeElement?.tagName')).toBe('H1')
    await page.getByRole('link', { name: 'Bird feeder' }).waitFor()
    await tabTo(page, 'Bird feeder')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Bird feeder', level: 1 }).waitFor()
    await tabTo(page, 'Quantity')
    await page.keyboard.press('ArrowUp')
    await tabTo(page, 'Put into the cart')
    await page.keyboard.press('Enter')
    await page.getByText('2 are in your cart.').waitFor()
    await tabTo(page, 'See the cart')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Your cart', level: 1 }).waitFor()
    await tabTo(page, 'To the checkout')
    await page.keyboard.press('Enter')
    await page.getByRole('radio', { name: 'Card that pays' }).waitFor()
    await tabTo(page, 'Card that pays')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowUp')
    await tabTo(page, 'Order and pay')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'It is yours.' }).waitFor()
    await leave()
  })
})
