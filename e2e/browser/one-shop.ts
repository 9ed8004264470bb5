import type { TestProject } from 'vitest/node'
import { startShop } from '../shop.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The home of the shop that all browser tests visit. */
    shopHome: string
  }
}

/** Starts one shop for all files of the suite: each would wait for one of its own much longer than it runs. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const shop = await startShop()
  project.provide('shopHome', shop.home)
  return shop.stop
}
