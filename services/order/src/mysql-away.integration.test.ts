import { randomUUID } from 'node:crypto'
import { newId } from '@portico/service-kit'
import { openLine } from '@portico/service-kit/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect, ping } from './store/database.ts'
import { openSetting, refusalOf, refusedWith, type Setting, wish } from './testing/setting.ts'

let setting: Setting
beforeAll(async () => {
  setting = await openSetting()
})
afterAll(() => setting.close())

it('answers 503 with Retry-After while MySQL is away, keeps nothing, and goes on by itself when it is back', async () => {
  const line = await openLine(setting.databaseUrl, 3306)
  const through = connect(line.url)
  const service = setting.serviceOn({ through })
  try {
    const before = await setting.place({}, service)
    expect(before.status).toBe(201)
    await line.cut()
    for (const asked of [
      () => setting.place({}, service),
      () => setting.call('GET', '/v1/orders', {}, service),
      () => setting.call('POST', `/v1/orders/${before.body.id}/cancellation`, {}, service),
    ]) {
      const answer = await asked()
      expect(refusalOf(answer)).toEqual(refusedWith('unavailable'))
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
    }
    expect((await setting.call('GET', '/readyz', {}, service)).status).toBe(503)
    await line.mend()
    await expect.poll(async () => (await setting.place({}, service)).status, { timeout: 20_000 }).toBe(201)
  } finally {
    await through.destroy()
    await line.close()
  }
})

it('answers 503 where the database went in the middle of placing, and the same key then makes one order', async () => {
  const line = await openLine(setting.databaseUrl, 3306)
  const through = connect(line.url)
  const service = setting.serviceOn({ through })
  const ask = { as: '018f0000-0000-7000-8000-000000000001', key: 'cut' }
  const body = { items: [{ productId: ask.as, quantity: 1 }], paymentMethod: { token: 'tok_ok' } }
  try {
    setting.product.says.before = () => line.cut()
    expect(refusalOf(await setting.place({ ...ask, body }, service))).toEqual(refusedWith('unavailable'))
    setting.product.calmDown()
    await line.mend()
    await expect.poll(async () => (await setting.place({ ...ask, body }, service)).status).toBe(201)
    const { body: list } = await setting.call('GET', '/v1/orders', { as: ask.as })
    expect(list.items).toHaveLength(1)
  } finally {
    await through.destroy()
    await line.close()
  }
})

it('goes on over a new line when those it has died without a word, and what hung had its effect once', async () => {
  const line = await openLine(setting.databaseUrl, 3306)
  const through = connect(line.url, { silentMs: 500 })
  const service = setting.serviceOn({ through })
  try {
    expect((await setting.place({}, service)).status).toBe(201)
    line.silence()
    const ask = { as: newId(), key: randomUUID(), body: wish() }
    const hung = await setting.place(ask, service)
    expect(refusalOf(hung)).toEqual(refusedWith('unavailable'))
    await expect.poll(async () => (await setting.place(ask, service)).status, { timeout: 20_000 }).toBe(201)
    const { body } = await setting.call('GET', '/v1/orders', { as: ask.as })
    expect(body).toMatchObject({ items: [{ status: 'pending' }] })
  } finally {
    await through.destroy()
    await line.close()
  }
})

it('closes idle connections with COM_QUIT, which the server does not log as aborted', async () => {
  const sent: Buffer[] = []
  const line = await openLine(setting.databaseUrl, 3306, (data) => sent.push(data))
  const through = connect(line.url, { silentMs: 3000 })
  try {
    await ping(through)
    const quit = Buffer.from([1, 0, 0, 0, 1])
    await expect.poll(() => sent.at(-1), { timeout: 10_000 }).toEqual(quit)
    await ping(through)
    expect(sent.at(-1)).not.toEqual(quit)
  } finally {
    await through.destroy()
    await line.close()
  }
})
