import { createAuthentication, createLog, createMetrics } from '@portico/service-kit'
import { openLine } from '@portico/service-kit/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createProductApp } from './app.ts'
import { openDatabase } from './store/database.ts'
import { openTestShop, type TestShop } from './test-shop.ts'

let shop: TestShop
beforeAll(async () => {
  shop = await openTestShop()
})
afterAll(() => shop.close())

/** An app with its database at the end of a line. */
async function atTheEndOfALine(options?: { silentMs: number }) {
  const line = await openLine(shop.url, 5432)
  const db = await openDatabase(line.url, options)
  const [log, metrics] = [createLog('test', 'silent'), createMetrics('product')]
  const app = createProductApp({ db, authentication: createAuthentication({}), log, metrics })
  const close = async () => {
    await db.destroy()
    await line.close()
  }
  return { line, app, close }
}

it('answers 503 with Retry-After while PostgreSQL is away, and goes on by itself when it is back', async () => {
  const { line, app, close } = await atTheEndOfALine()
  try {
    expect((await app.request('/v1/products')).status).toBe(200)
    await line.cut()
    const answer = await app.request('/v1/products')
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await answer.json()).toMatchObject({ type: 'urn:portico:problem:unavailable', status: 503 })
    expect((await app.request('/readyz')).status).toBe(503)
    await line.mend()
    await expect.poll(async () => (await app.request('/v1/products')).status, { timeout: 20_000 }).toBe(200)
  } finally {
    await close()
  }
})

it('goes on over a new line when the one it has died without a word', async () => {
  const { line, app, close } = await atTheEndOfALine({ silentMs: 500 })
  try {
    expect((await app.request('/v1/products')).status).toBe(200)
    line.silence()
    expect((await app.request('/v1/products')).status).toBe(503)
    await expect.poll(async () => (await app.request('/v1/products')).status, { timeout: 20_000 }).toBe(200)
  } finally {
    await close()
  }
})
