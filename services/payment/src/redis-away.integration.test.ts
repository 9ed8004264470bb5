import { createAuthentication, createLog, createMetrics, newId } from '@portico/service-kit'
import { openLine } from '@portico/service-kit/testing'
import { expect, it } from 'vitest'
import { createPaymentApp } from './app.ts'
import { ChargeQueue } from './charge-queue.ts'
import { connectSandbox } from './sandbox-provider.ts'
import { openStore } from './store/connection.ts'
import { accessToken, accessTokenOf } from './testing/access-tokens.ts'

/** An app with its Redis at the end of a line, and what it answers to somebody who asks for a payment that isn't there. */
async function atTheEndOfALine() {
  const line = await openLine(process.env.REDIS_URL ?? '', 6379)
  const store = openStore(line.url, 'test-away:')
  const provider = connectSandbox({ url: 'http://127.0.0.1:1', secret: 'a secret of thirty-two characters' })
  const log = createLog('test', 'silent')
  const app = createPaymentApp({
    ...{ store, provider, log, charges: new ChargeQueue(log), published: () => undefined },
    authentication: createAuthentication({ accessToken }),
    metrics: createMetrics('payment'),
  })
  const headers = { authorization: `Bearer ${accessTokenOf(newId(), 'customer')}` }
  const close = async () => {
    store.redis.disconnect()
    await line.close()
  }
  return { line, app, read: () => app.request(`/v1/payments/${newId()}`, { headers }), close }
}

it('answers 503 with Retry-After while Redis is away, and goes on by itself when it is back', async () => {
  const { line, app, read, close } = await atTheEndOfALine()
  try {
    expect((await read()).status).toBe(404)
    await line.cut()
    const answer = await read()
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await answer.json()).toMatchObject({ type: 'urn:portico:problem:unavailable', status: 503 })
    expect((await app.request('/readyz')).status).toBe(503)
    await line.mend()
    await expect.poll(async () => (await read()).status, { timeout: 20_000 }).toBe(404)
  } finally {
    await close()
  }
})

it('goes on over a new line when the one it has died without a word', async () => {
  const { line, read, close } = await atTheEndOfALine()
  try {
    expect((await read()).status).toBe(404)
    line.silence()
    const askedMeanwhile = [read(), read()]
    await expect.poll(async () => (await read()).status, { timeout: 60_000 }).toBe(404)
    expect((await Promise.all(askedMeanwhile)).every(({ status }) => status === 404 || status === 503)).toBe(true)
  } finally {
    await close()
  }
})
