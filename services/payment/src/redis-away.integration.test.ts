import { createAuthentication, createLog, createMetrics, newId } from '@portico/service-kit'
import { openLine } from '@portico/service-kit/testing'
import { expect, it } from 'vitest'
import { createPaymentApp } from './app.ts'
import { connectSandbox } from './sandbox-provider.ts'
import { openStore } from './store/connection.ts'
import { accessToken, accessTokenOf } from './testing/access-tokens.ts'

it('answers 503 with Retry-After while Redis is away, and goes on by itself when it is back', async () => {
  const line = await openLine(process.env.REDIS_URL ?? '', 6379)
  const store = openStore(line.url, 'test-away:')
  const provider = connectSandbox({ url: 'http://127.0.0.1:1', secret: 'a secret of thirty-two characters' })
  const app = createPaymentApp({
    ...{ store, provider, log: createLog('test', 'silent'), published: () => undefined },
    authentication: createAuthentication({ accessToken }),
    metrics: createMetrics('payment'),
  })
  const headers = { authorization: `Bearer ${accessTokenOf(newId(), 'customer')}` }
  const read = () => app.request(`/v1/payments/${newId()}`, { headers })
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
    store.redis.disconnect()
    await line.close()
  }
})
