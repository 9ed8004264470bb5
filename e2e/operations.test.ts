import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Order, Product, ProductV2, Session } from '@portico/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type Client, key, newClient } from './client.ts'
import { type Shop, startShop } from './shop.ts'

/** A busy machine makes everything slow: what is tried here is scaling, and not the limits of time, so they are far. */
const patient = {
  PRODUCT_TIMEOUT_MS: '30000',
  PRODUCT_TRY_TIMEOUT_MS: '15000',
  ORDER_TIMEOUT_MS: '30000',
  ORDER_TRY_TIMEOUT_MS: '15000',
}
const folder = mkdtempSync(join(tmpdir(), 'portico-operations-'))

let shop: Shop
beforeAll(async () => {
  const config = join(folder, 'kong.yml')
  const kong = readFileSync(join(import.meta.dirname, '../kong.yml'), 'utf8')
  writeFileSync(config, kong.replace(/^( {8}timeout:) 1$/m, '$1 15').replaceAll('_timeout: 15000', '_timeout: 60000'))
  shop = await startShop({ args: ['--config', config], env: patient })
}, 300_000)
afterAll(async () => {
  await shop?.stop()
  rmSync(folder, { recursive: true })
}, 20_000)

async function newCustomer(): Promise<{ client: Client; token: string; refreshToken: string }> {
  const client = newClient(shop.url)
  const account = { email: `${randomUUID()}@example.test`, password: 'a good long password' }
  await client.call('POST', '/v1/users', { body: { ...account, name: 'Ada' } })
  const { body } = await client.call<Session>('POST', '/v1/sessions', { body: account })
  return { client, token: body.accessToken, refreshToken: body.refreshToken }
}

describe('two versions of the catalogue, by kong.yml alone', () => {
  interface First {
    readonly items: Product[]
    readonly nextCursor: string | null
  }
  interface Second {
    readonly items: ProductV2[]
    readonly page: { readonly next: string | null }
  }
  const get = <Body>(path: string, headers = {}) => newClient(shop.url).call<Body>('GET', path, { headers })

  it('stand side by side at their paths', async () => {
    const first = (await get<First>('/v1/products?limit=2')).body
    const second = (await get<Second>('/v2/products?limit=2')).body
    expect(second.items.map(({ id }) => id)).toEqual(first.items.map(({ id }) => id))
    const [before, after] = [first.items[0], second.items[0]]
    expect(after?.price).toBe(((before?.price.amount ?? Number.NaN) / 100).toFixed(2))
    expect(after?.currency).toBe(before?.price.currency)
    const next = (await get<Second>(second.page.next ?? '')).body
    expect(next.items).toHaveLength(2)
    expect((await get<ProductV2>(`/v2/products/${after?.id}`)).body).toEqual(after)
  })

  it('are chosen by a header at the alias, the first one without it', async () => {
    const { body, headers } = await get<Second>('/products?limit=2', { 'accept-version': '2' })
    expect(body.items[0]?.price).toMatch(/^\d+\.\d\d$/)
    expect(headers.vary).toContain('Accept-Version')
    expect(headers.deprecation).toBeUndefined()
    const one = await get<ProductV2>(`/products/${body.items[0]?.id}`, { 'accept-version': '2' })
    expect(one.body).toEqual(body.items[0])
    expect((await get<First>('/products?limit=2')).body.items[0]?.price).toMatchObject({ currency: 'EUR' })
    expect((await get<First>('/products?limit=2', { 'accept-version': '1' })).body).toHaveProperty('nextCursor')
  })

  it('differ in that the first says when it ends, and what comes after it', async () => {
    const { headers } = await get('/v1/products')
    const deprecated = Number(/^@(\d+)$/.exec(String(headers.deprecation))?.[1]) * 1000
    expect(Date.parse(String(headers.sunset))).toBeGreaterThan(deprecated)
    expect(headers.link).toBe('</v2/products>; rel="successor-version"')
    expect((await get('/v2/products')).headers).not.toHaveProperty('deprecation')
    expect((await get('/v1/orders')).headers).not.toHaveProperty('deprecation')
  })
})

describe('a signing key', () => {
  let ports: ReadonlyMap<string, number | undefined>
  beforeAll(async () => {
    ports = new Map((await shop.status()).map(({ name, ports: [port] }) => [name, port]))
  })
  /** What the gateway and each service itself answer to a customer's token. */
  async function answersTo(token: string): Promise<Record<string, number>> {
    const asks = {
      gateway: '/v1/users/me',
      user: '/v1/users/me',
      order: '/v1/orders',
      storefront: '/v1/orders',
      payment: `/v1/payments?orderId=${randomUUID()}`,
      product: `/v1/admin/products/${randomUUID()}/movements`,
    }
    const answers = Object.entries(asks).map(async ([name, path]) => {
      const client = newClient(`http://127.0.0.1:${ports.get(name)}`)
      return [name, (await client.call('GET', path, { token })).status] as const
    })
    return Object.fromEntries(await Promise.all(answers))
  }
  const accepted = { gateway: 200, user: 200, order: 200, storefront: 200, payment: 200, product: 403 }
  const refused = { gateway: 401, user: 401, order: 401, storefront: 401, payment: 401, product: 401 }
  const refresh = async (client: Client, refreshToken: string) =>
    (await client.call<Session>('POST', '/v1/sessions/refresh', { body: { refreshToken } })).body

  it('that is revoked signs nothing that is still accepted anywhere, and sessions go on', async () => {
    const { client, token, refreshToken } = await newCustomer()
    expect(await answersTo(token)).toEqual(accepted)
    expect((await shop.run('keys', ['revoke'])).stderr).toContain('npm run keys -- revoke --yes')
    const { code, stderr } = await shop.run('keys', ['revoke', '--yes'])
    expect([code, stderr]).toEqual([0, ''])
    expect(await answersTo(token)).toEqual(refused)
    const ticket = await client.call('POST', '/v1/sessions/tickets', { token, body: { audience: 'orders.live' } })
    expect(ticket.status).toBe(401)
    expect(await answersTo((await refresh(client, refreshToken)).accessToken)).toEqual(accepted)
  })

  it('that was rotated away is dropped everywhere once its tokens have expired', async () => {
    const { token } = await newCustomer()
    const { code, stderr } = await shop.run('keys', ['rotate'])
    expect([code, stderr]).toEqual([0, ''])
    expect(await answersTo(token)).toEqual(accepted)
    const file = join(shop.home, 'keys.json')
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/"expiresAt": "[^"]+"/, '"expiresAt": "2020-01-01T00:00:00Z"'),
    )
    await expect.poll(() => answersTo(token), { timeout: 60_000 }).toEqual(refused)
  })
})

describe('a service that is scaled while customers shop', () => {
  /** What customers were answered that was no success, and all orders they were told of. */
  interface Shopping {
    readonly failures: string[]
    readonly placed: string[]
    stop(): Promise<void>
  }

  /** Customers who place orders and look at them again and again; what fails is asked for again, as by any client. */
  async function goShopping(productId: string): Promise<Shopping> {
    const failures: string[] = []
    const placed: string[] = []
    let open = true
    const customers = await Promise.all([newCustomer(), newCustomer()])
    const shopping = customers.map(async ({ client, token }) => {
      const persist = async <Body>(what: string, ask: () => Promise<Answer<Body>>): Promise<Answer<Body>> => {
        for (;;) {
          const answer = await ask().catch((error: Error) => ({ status: 0, headers: {}, body: error.message as never }))
          if (answer.status >= 200 && answer.status < 300) return answer
          failures.push(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`)
          await wait(200)
        }
      }
      while (open) {
        const headers = key()
        const body = { items: [{ productId, quantity: 1 }], paymentMethod: { token: 'tok_ok' } }
        const order = await persist('placing', () => client.call<Order>('POST', '/v1/orders', { token, headers, body }))
        placed.push(order.body.id)
        await persist('reading', () => client.call('GET', `/v1/orders/${order.body.id}`, { token }))
        await persist('listing', () => client.call('GET', '/v1/orders?limit=2', { token }))
        await wait(100)
      }
    })
    return {
      failures,
      placed,
      stop: async () => {
        open = false
        await Promise.all(shopping)
      },
    }
  }

  const scale = async (words: string) => {
    const { code, stderr } = await shop.run('scale', [words])
    expect(stderr).toBe('')
    expect(code).toBe(0)
  }
  const replicas = async () => (await shop.status()).filter(({ name }) => /^order(-\d)?$/.test(name))
  const targets = async () => {
    const answer = await fetch(`${shop.adminUrl}/upstreams/order-service/targets`)
    return ((await answer.json()) as { data: { target: string }[] }).data.map(({ target }) => target).sort()
  }
  const served = async (port: number | undefined) => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    const lines = text.matchAll(/^http_request_duration_seconds_count\{.*route="\/v1\/orders.*\} (\d+)$/gm)
    return [...lines].reduce((sum, [, count]) => sum + Number(count), 0)
  }

  it('takes every request, up and down again; and a killed replica costs no more than being asked again', async () => {
    const { body } = await newClient(shop.url).call<{ items: Product[] }>('GET', '/v1/products?sort=-price&limit=1')
    const shopping = await goShopping(body.items[0]?.id ?? '')
    await scale('order=3')
    const running = await replicas()
    expect(running.map(({ name }) => name).sort()).toEqual(['order', 'order-2', 'order-3'])
    expect(await targets()).toEqual(running.map(({ ports }) => `127.0.0.1:${ports[0]}`).sort())
    const [, second, third] = running
    for (const { ports } of running) await expect.poll(() => served(ports[0]), { timeout: 180_000 }).toBeGreaterThan(2)
    await scale('order=2')
    expect(shopping.failures).toEqual([])

    process.kill(second?.pid ?? 0, 'SIGKILL')
    const restarted = async () => (await replicas()).find(({ name }) => name === 'order-2')
    await expect.poll(restarted, { timeout: 60_000 }).toMatchObject({ restarts: 1 })
    await expect.poll(() => served(second?.ports[0]), { timeout: 180_000 }).toBeGreaterThan(2)
    const lost = shopping.failures.length

    await scale('order=1')
    expect(await targets()).toEqual([`127.0.0.1:${running[0]?.ports[0]}`])
    expect((await shop.status()).map(({ pid }) => pid)).not.toContain(third?.pid)
    const before = shopping.placed.length
    await expect.poll(() => shopping.placed.length, { timeout: 180_000 }).toBeGreaterThan(before + 3)
    await shopping.stop()
    expect(shopping.failures.slice(lost)).toEqual([])
    expect(new Set(shopping.placed).size).toBe(shopping.placed.length)
  }, 1_200_000)
})
