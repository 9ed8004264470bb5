import { randomUUID } from 'node:crypto'
import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { visit } from './browser.ts'
import { newAccount, password, signIn } from './customer.ts'
import { openStage } from './stage.ts'

const stage = openStage()

const cookieOf = async (page: Page) =>
  (await page.context().cookies(new URL('/v1/web/sessions/refresh', page.url()).href)).find(
    ({ name }) => name === 'portico_refresh',
  )

it('keeps the refresh token where no script can read it, and stays signed in over a reload', async () => {
  const { page, leave } = await visit(stage.browser, stage.shop.url)
  await signIn(page, await newAccount(stage.shop.url))
  const cookie = await cookieOf(page)
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/v1/web/sessions', secure: true })
  const seen = await page.evaluate<string>(
    'document.cookie + JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage })',
  )
  expect(seen).not.toContain(cookie?.value)
  expect(seen).not.toContain('eyJ')
  await page.reload()
  await page.getByRole('heading', { name: 'No orders here yet' }).waitFor()
  expect((await cookieOf(page))?.value).not.toBe(cookie?.value)
  await leave()
})

it('refreshes once for all tabs, before the token ends, and signs out of all at once', async () => {
  const { page, context, newTab, leave } = await visit(stage.browser, stage.shop.url)
  await context.clock.install()
  await signIn(page, await newAccount(stage.shop.url))
  const second = await newTab()
  await second.goto('/shop/orders')
  await second.getByRole('heading', { name: 'No orders here yet' }).waitFor()

  let refreshes = 0
  context.on('request', (request) => {
    if (request.url().endsWith('/v1/web/sessions/refresh')) refreshes += 1
  })
  // Both tabs' timers fire a minute before the fifteen are over.
  await Promise.all([page.clock.fastForward('14:30'), second.clock.fastForward('14:30')])
  await expect.poll(() => refreshes).toBe(1)
  for (const tab of [page, second]) {
    await tab.getByRole('link', { name: 'Your account' }).click()
    await tab.getByRole('heading', { name: 'Ada Lovelace' }).waitFor()
  }
  expect(refreshes).toBe(1)

  await page.getByRole('button', { name: 'Sign out' }).click()
  await second.getByText('Please sign in to go on.').waitFor()
  await second.reload()
  await second.getByText('Please sign in to go on.').waitFor()
  expect(await cookieOf(page)).toBeUndefined()
  await leave()
})

it('lets the profile be changed, and says at the field what is wrong with a password', async () => {
  const { page, leave } = await visit(stage.browser, stage.shop.url)
  await signIn(page, await newAccount(stage.shop.url))
  await page.getByRole('link', { name: 'Your account' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Ada, Countess of Lovelace')
  await page.getByRole('button', { name: 'Change the name' }).click()
  await page.getByText('Your name is changed.').waitFor()
  await page.getByRole('heading', { name: 'Ada, Countess of Lovelace' }).waitFor()
  const form = page.getByRole('form', { name: 'Password' })
  await form.getByLabel('Current password').fill('not my password')
  await form.getByLabel('New password').fill('another long password')
  await form.getByRole('button', { name: 'Change the password' }).click()
  expect(await descriptionOf(page, form.getByLabel('Current password'))).toBe('This is not your current password.')
  await leave()
})

it('lets the e-mail address be changed with the current password, and says at the field what is wrong', async () => {
  const { page, leave } = await visit(stage.browser, stage.shop.url)
  const [{ email }, other] = [await newAccount(stage.shop.url), await newAccount(stage.shop.url)]
  await signIn(page, { email, name: '' })
  await page.getByRole('link', { name: 'Your account' }).click()
  const form = page.getByRole('form', { name: 'E-mail address' })
  const submit = async (address: string, given: string) => {
    await form.getByLabel('New e-mail address').fill(address)
    await form.getByLabel('Current password').fill(given)
    await form.getByRole('button', { name: 'Change the e-mail address' }).click()
  }
  const next = `${randomUUID()}@example.test`
  await submit(next, 'not my password')
  expect(await descriptionOf(page, form.getByLabel('Current password'))).toBe('This is not your current password.')
  await submit(other.email, password)
  const taken = 'There is an account with this address already.'
  expect(await descriptionOf(page, form.getByLabel('New e-mail address'))).toBe(taken)
  await submit(next, password)
  await page.getByText('Your e-mail address is changed.').waitFor()
  await form.getByText(next, { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await signIn(page, { email: next, name: '' })
  await leave()
})

/** The error of a field once it has one, as a screen reader finds it. */
async function descriptionOf(page: Page, field: Locator): Promise<string | null> {
  await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true')
  const id = (await field.getAttribute('aria-describedby')) ?? ''
  return page.locator(`[id="${id}"]`).textContent()
}
