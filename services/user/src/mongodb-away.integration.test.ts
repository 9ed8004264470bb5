import { createLog, newId } from '@portico/service-kit'
import { openLine } from '@portico/service-kit/testing'
import { expect, it } from 'vitest'
import { createUserApp } from './app.ts'
import { openDatabase } from './store/database.ts'

it('answers 503 with Retry-After while MongoDB is away, and goes on by itself when it is back', async () => {
  const line = await openLine(process.env.MONGODB_URL ?? '', 27017)
  const db = await openDatabase(line.url)
  const keys = () => Promise.reject(new Error('nobody is to log in here'))
  const names = { issuer: 'https://portico.invalid', audience: 'portico' }
  const app = createUserApp({ db, keys, ...names, log: createLog('test', 'silent') })
  const body = JSON.stringify({ email: `${newId()}@example.test`, password: 'a good long password' })
  const logIn = () =>
    app.request('/v1/sessions', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  try {
    expect((await logIn()).status).toBe(401)
    await line.cut()
    const answer = await logIn()
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await answer.json()).toMatchObject({ type: 'urn:portico:problem:unavailable', status: 503 })
    await line.mend()
    await expect.poll(async () => (await logIn()).status, { timeout: 20_000 }).toBe(401)
  } finally {
    await db.close()
    await line.close()
  }
})
