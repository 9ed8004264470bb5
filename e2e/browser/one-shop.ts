import type { TestProject } from 'vitest/node'
import { startShop } from '../shop.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The home of the shop that all browser tests visit. */
    shopHome: string
  }
}

/** So that an event that can't be handled is given up in the time of a test, and not after minutes. */
const env = { EVENT_MAX_ATTEMPTS: '10' }

/** Starts one shop for all files of the suite: each would wait for one of its own much longer than it runs. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const shop = await startShop({ env })
  project.provide('shopHome', shop.home)
  return shop.stop
}
