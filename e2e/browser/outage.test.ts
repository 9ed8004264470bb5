import { expect, it } from 'vitest'
import { visit } from './browser.ts'
import { newAccount, orderWith, putIntoCart, signIn } from './customer.ts'
import { openStage } from './stage.ts'

const stage = openStage()

/** Takes a service out for the length of `work`: it stands still, and is killed at the end, to be started anew. */
async function without(name: string, work: () => Promise<void>): Promise<void> {
  const { pid } = await stage.shop.process(name)
  process.kill(pid, 'SIGSTOP')
  try {
    await work()
  } finally {
    process.kill(pid, 'SIGKILL')
  }
}

it('loses only the catalogue with product-service, says so, and has it back afterwards', async () => {
  const { page, leave } = await visit(stage.browser, stage.shop.url)
  await signIn(page, await newAccount(stage.shop.url))
  await putIntoCart(page, 'Salt cellar')
  await orderWith(page, 'Card that pays')
  await page.getByRole('heading', { name: 'It is yours.' }).waitFor()
  await putIntoCart(page, 'Sleep mask')

  await without('product', async () => {
    await page.goto('/shop')
    await page.getByText('The catalogue could not be loaded.').waitFor()
    // The cart still knows what is in it, though not at which price.
    await page.getByRole('link', { name: 'Cart, 1 thing' }).click()
    await page.getByRole('heading', { name: 'Sleep mask' }).waitFor()
    await page.getByText('Prices could not be loaded. Your cart is kept.').waitFor()
    // Orders and the account have nothing to do with it.
    await page.getByRole('link', { name: 'Orders' }).click()
    await page.getByRole('link', { name: 'Salt cellar' }).click()
    await page.getByRole('heading', { name: 'It is yours.' }).waitFor()
  })

  await page.getByRole('link', { name: 'Shop', exact: true }).click()
  await expect
    .poll(
      async () => {
        const retry = page.getByRole('main').getByRole('button', { name: 'Try again' })
        if (await retry.isEnabled({ timeout: 100 }).catch(() => false))
          await retry.click({ timeout: 1000 }).catch(() => {})
        return await page.getByRole('main').getByRole('link', { name: 'Backgammon case' }).count()
      },
      { timeout: 60_000, interval: 500 },
    )
    .toBe(1)
  await leave()
})

it('shows orders without names when user-service is away, and says what is missing', async () => {
  const { page, leave } = await visit(stage.browser, stage.shop.url)
  await signIn(page, await newAccount(stage.shop.url, 'Grace Hopper'))
  await putIntoCart(page, 'Doormat')
  await orderWith(page, 'Card that pays')
  await page.getByRole('heading', { name: 'It is yours.' }).waitFor()
  await without('user', async () => {
    await page.getByRole('link', { name: 'All your orders' }).click()
    await page.getByText('Your name and address are missing here.').waitFor()
    await page.getByRole('link', { name: 'Doormat' }).waitFor()
  })
  await leave()
})
