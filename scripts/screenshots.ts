import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { findOrInstallChromium } from './browser/chromium.ts'
import { type Command, runCommand } from './command-line/command.ts'
import { UserError } from './command-line/user-error.ts'
import { projectRoot } from './home.ts'
import { createReport } from './supervisor/report.ts'

const command: Command = {
  help: `Takes pictures of the main pages of a running shop, into docs/screenshots.

  npm run screenshots -- [options]
    --url URL        where the shop is (http://127.0.0.1:8000)
    --admin EMAIL    of the admin panel too, as this admin; the password is in PORTICO_ADMIN_PASSWORD
    --no-install     install no browser

It registers a customer of its own, who places two orders.`,
  options: { url: { type: 'string' }, admin: { type: 'string' }, 'no-install': { type: 'boolean' } },
  async run({ flags, values }) {
    const baseURL = values.url ?? 'http://127.0.0.1:8000'
    const report = createReport()
    const log = join(projectRoot, '.portico', 'screenshots.log')
    const executablePath = await findOrInstallChromium({ noInstall: flags['no-install'] ?? false, report, log })
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] })
    try {
      const context = await browser.newContext({ baseURL, locale: 'en-GB', reducedMotion: 'reduce' })
      context.setDefaultTimeout(PATIENCE_MS)
      await takeAll(context, report.note)
      if (values.admin !== undefined) {
        const panel = await browser.newContext({ baseURL, locale: 'en-GB', reducedMotion: 'reduce' })
        panel.setDefaultTimeout(PATIENCE_MS)
        await takePanel(panel, values.admin, report.note)
      }
    } catch (cause) {
      throw new UserError(
        `The pictures could not be taken at ${baseURL}: ${cause instanceof Error ? cause.message : cause}`,
      )
    } finally {
      report.end()
      await browser.close()
    }
    return 0
  },
}

/** A busy machine may take its time. */
const PATIENCE_MS = 90_000
const desk = { width: 1280, height: 860 }
const phone = { width: 390, height: 800 }

interface View {
  readonly size: typeof desk
  readonly scheme: 'light' | 'dark'
}

/** Walks through the shop as a customer does, and takes a picture wherever there is something to see. */
async function takeAll(context: BrowserContext, say: (text: string) => void): Promise<void> {
  const page = await context.newPage()
  const take = photographer(page, say)
  await page.goto('/')
  await page.getByText('things from').first().waitFor()
  await take('home', { size: desk, scheme: 'light' })
  await take('home-phone', { size: phone, scheme: 'dark' })
  await page.goto('/shop?category=music')
  await take('catalogue', { size: desk, scheme: 'light' })
  await register(page)
  await putIntoCart(page, 'Ukulele')
  await take('product', { size: desk, scheme: 'dark' })
  await putIntoCart(page, 'Wall clock')
  await page.goto('/shop/cart')
  await page.getByText('To the checkout').waitFor()
  await take('cart-phone', { size: phone, scheme: 'light' })
  await page.goto('/shop/checkout')
  await page.getByRole('radio').first().waitFor()
  await take('checkout', { size: desk, scheme: 'light' })
  await page.getByRole('button', { name: 'Order and pay' }).click()
  await page.getByRole('heading', { name: 'It is yours.' }).waitFor()
  await take('order', { size: desk, scheme: 'light' })
  await putIntoCart(page, 'Compass')
  await page.goto('/shop/checkout')
  await page.getByRole('radio', { name: 'Declined card' }).click()
  await page.getByRole('button', { name: 'Order and pay' }).click()
  await page.getByRole('heading', { name: 'The payment did not go through' }).waitFor()
  await take('declined-phone', { size: phone, scheme: 'dark' })
  await page.goto('/shop/orders')
  await page.getByText('Compass').waitFor()
  await take('orders', { size: desk, scheme: 'dark' })
}

/** Walks through the admin panel. */
async function takePanel(context: BrowserContext, email: string, say: (text: string) => void): Promise<void> {
  const page = await context.newPage()
  const take = photographer(page, say)
  await page.goto('/admin')
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(process.env.PORTICO_ADMIN_PASSWORD ?? '')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('table', { name: 'Traffic of each service' }).waitFor()
  await take('admin-dashboard', { size: desk, scheme: 'light' })
  await take('admin-dashboard-phone', { size: phone, scheme: 'dark' })
  await page.goto('/admin/orders?status=paid')
  await page.getByRole('table').getByRole('link').first().click()
  await page.getByRole('heading', { name: 'Timeline' }).waitFor()
  await page.getByRole('region', { name: 'Timeline' }).getByText('Paid').scrollIntoViewIfNeeded()
  await take('admin-order', { size: desk, scheme: 'light' })
  await page.goto('/admin/products?q=lamp')
  await page.getByRole('table').getByRole('link').first().click()
  await page.getByRole('table', { name: 'Movements of the stock' }).waitFor()
  await take('admin-product', { size: desk, scheme: 'dark' })
  await page.goto('/admin/gateway')
  await page.getByRole('table', { name: 'All routes' }).waitFor()
  await take('admin-gateway', { size: desk, scheme: 'light' })
  await page.goto('/admin/audit')
  await page.getByRole('heading', { name: 'Audit log', level: 1 }).waitFor()
  // In a new shop nobody has done anything yet.
  await page.waitForLoadState('networkidle')
  await take('admin-audit', { size: desk, scheme: 'light' })
}

/** Run in the page: whether each of its pictures that can be seen has been loaded. */
const picturesInView =
  '[...document.images].every((image) => image.complete || image.getBoundingClientRect().top > innerHeight)'

/** Takes pictures of a page in a view, once it is at rest. */
const photographer =
  (page: Page, say: (text: string) => void) =>
  async (name: string, { size, scheme }: View): Promise<void> => {
    await page.setViewportSize(size)
    await page.emulateMedia({ colorScheme: scheme })
    await page.waitForLoadState('networkidle')
    await page.waitForFunction(picturesInView)
    await save(page, name)
    say(`docs/screenshots/${name}.webp`)
  }

async function register(page: Page): Promise<void> {
  await page.goto('/shop/register')
  await page.getByLabel('Name').fill('Ada Lovelace')
  await page.getByLabel('E-mail address').fill(`ada-${randomUUID()}@example.test`)
  await page.getByLabel('Password').fill('correct horse battery staple')
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.getByRole('heading', { name: 'The whole shop' }).waitFor()
}

async function putIntoCart(page: Page, words: string): Promise<void> {
  await page.goto(`/shop?q=${encodeURIComponent(words)}`)
  await page.getByRole('main').getByRole('link', { name: words }).click()
  await page.getByRole('button', { name: 'Put into the cart' }).click()
  await page.getByText('It is in your cart.').waitFor()
}

/** WebP, which Playwright itself does not write: a third of a PNG's size. */
async function save(page: Page, name: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: 82 })
  await devtools.detach()
  const folder = join(projectRoot, 'docs', 'screenshots')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${name}.webp`), Buffer.from(data, 'base64'))
}

await runCommand(command)
