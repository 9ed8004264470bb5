import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, inject } from 'vitest'
import { reachShop, type Shop } from '../shop.ts'
import { launchBrowser } from './browser.ts'

export interface Stage {
  readonly shop: Shop
  readonly browser: Browser
}

/** The one shop, and a browser for the tests of this file: there before its first test. */
export function openStage(): Stage {
  const stage: { -readonly [Part in keyof Stage]?: Stage[Part] } = {}
  beforeAll(async () => {
    stage.shop = await reachShop(inject('shopHome'))
    stage.browser = await launchBrowser()
  }, 60_000)
  afterAll(() => stage.browser?.close(), 30_000)
  return stage as Stage
}
