import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { findOrInstallChromium } from '../../scripts/browser/chromium.ts'
import { type Computer, newComputer } from './computer.ts'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const silent = { note: () => {}, begin: () => {}, done: () => {} }

/** @param more command-line flags of Chromium */
export async function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  const executablePath = await findOrInstallChromium({ noInstall: true, report: silent, log: '/dev/null' })
  return await chromium.launch({ executablePath, args: [...flags, ...more] })
}

/** Somebody at a browser of their own, which notes whatever a page of ours must never do. */
export interface Visitor {
  readonly page: Page
  readonly context: BrowserContext
  readonly url: string
  /** Another tab of the same browser. */
  newTab(): Promise<Page>
  /** Fails when a page broke the Content-Security-Policy, threw, or asked anything of another origin; then closes. */
  leave(): Promise<void>
}

/** Runs in each page before anything else: what the policy refused is told by the console. */
const tellViolations = `addEventListener('securitypolicyviolation', (event) =>
  console.error('CSP: ' + event.violatedDirective + ' refused ' + (event.blockedURI || event.sample)))`

export async function visit(browser: Browser, shopUrl: string, options: BrowserContextOptions = {}): Promise<Visitor> {
  const computer = await newComputer(shopUrl)
  const context = await browser.newContext({ baseURL: computer.url, locale: 'en-GB', ...options })
  context.setDefaultTimeout(45_000)
  await context.addInitScript(tellViolations)
  const faults: string[] = []
  watch(context, computer, faults)
  return {
    page: await context.newPage(),
    context,
    url: computer.url,
    newTab: () => context.newPage(),
    async leave() {
      await context.close()
      await computer.close()
      expect(faults).toEqual([])
    },
  }
}

function watch(context: BrowserContext, computer: Computer, faults: string[]): void {
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (url.origin !== computer.url) faults.push(`asked ${url.origin}`)
  })
  context.on('weberror', (error) => faults.push(`threw ${error.error().message}`))
  context.on('console', (message) => {
    // That a request was refused or a connection broke is what the tests are about, and no fault of the page.
    const expected = /^(Failed to load resource|WebSocket connection)/.test(message.text())
    if (message.type() === 'error' && !expected) faults.push(message.text())
  })
}
