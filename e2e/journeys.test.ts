import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { join } from 'node:path'
import type {
  AdministeredUser,
  AuditEntry,
  MergedOrder,
  Order,
  Payment,
  Problem,
  Product,
  Refund,
  Session,
  User,
} from '@portico/contracts'
import { importJWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Client, key, newClient } from './client.ts'
import { type Shop, startShop } from './shop.ts'

interface Page<Item> {
  readonly items: Item[]
  readonly nextCursor: string | null
}

const password = 'a good long password'
const adminEmail = 'root@example.test'
let shop: Shop

beforeAll(async () => {
  shop = await startShop()
  const made = await shop.run('admin', ['create', adminEmail], { PORTICO_ADMIN_PASSWORD: password })
  expect(made, made.stderr).toMatchObject({ code: 0 })
}, 260_000)

afterAll(() => shop?.stop(), 20_000)

/** A signed-in person at a computer of their own. */
async function signIn(email: string): Promise<{ client: Client; token: string; session: Session }> {
  const client = newClient(shop.url)
  const { status, body } = await client.call<Session>('POST', '/v1/sessions', { body: { email, password } })
  expect(status).toBe(201)
  return { client, token: body.accessToken, session: body }
}

async function customer() {
  const email = `${randomUUID()}@example.test`
  const registered = await newClient(shop.url).call<User>('POST', '/v1/users', {
    body: { email, password, name: 'Ada' },
  })
  expect(registered.status).toBe(201)
  return { ...(await signIn(email)), user: registered.body }
}

const admin = () => signIn(adminEmail)
type Person = Pick<Awaited<ReturnType<typeof customer>>, 'client' | 'token'>

const eur = (amount: number) => ({ amount, currency: 'EUR' })

/** A product that no other test touches. */
async function newProduct(stock = 10, amount = 1500): Promise<Product> {
  const { client, token } = await admin()
  const body = {
    sku: `T-${randomUUID()}`,
    name: 'Test lamp',
    description: 'Shines',
    category: 'test',
    price: eur(amount),
    stock,
  }
  const { status, body: product } = await client.call<Product>('POST', '/v1/products', { token, body })
  expect(status).toBe(201)
  return product
}

const available = async (id: string) =>
  (await newClient(shop.url).call<Product>('GET', `/v1/products/${id}`)).body.available

function place({ client, token }: Person, productId: string, quantity = 1, method = 'tok_ok', headers = key()) {
  const body = { items: [{ productId, quantity }], paymentMethod: { token: method } }
  return client.call<Order>('POST', '/v1/orders', { token, body, headers })
}

const order = async ({ client, token }: Person, id: string) =>
  (await client.call<Order>('GET', `/v1/orders/${id}`, { token })).body

const becomes = (person: Person, id: string, status: Order['status']) =>
  vi.waitFor(async () => expect((await order(person, id)).status).toBe(status), { timeout: 15_000, interval: 100 })

const paymentOf = async ({ client, token }: Person, id: string) => {
  const { body } = await client.call<Page<Payment>>('GET', `/v1/payments?orderId=${id}`, { token })
  return body.items
}

describe('a customer', () => {
  it('places an order that is paid, and finds it in the merged list', async () => {
    const person = await customer()
    const { body: catalogue } = await person.client.call<Page<Product>>('GET', '/v1/products?limit=1')
    const product = catalogue.items[0] as Product
    const placed = await place(person, product.id, 2)
    expect(placed.status).toBe(201)
    expect(placed.headers.location).toBe(`/v1/orders/${placed.body.id}`)
    expect(placed.body).toMatchObject({ status: 'pending', total: eur(product.price.amount * 2), refunded: eur(0) })
    await becomes(person, placed.body.id, 'paid')
    for (const path of ['/v1/orders', '/orders']) {
      const { status, body } = await person.client.call<Page<MergedOrder> & { incomplete: string[] }>(
        'GET',
        path,
        person,
      )
      expect(status).toBe(200)
      expect(body.incomplete).toEqual([])
      const { id, email, name } = person.user
      expect(body.items).toEqual([{ ...placed.body, status: 'paid', user: { id, email, name } }])
    }
    expect(await paymentOf(person, placed.body.id)).toMatchObject([
      { status: 'captured', attempt: 1, amount: placed.body.total },
    ])
  })

  it('is told of the same order when the same request comes again', async () => {
    const [person, product, headers] = [await customer(), await newProduct(), key()]
    const first = await place(person, product.id, 1, 'tok_ok', headers)
    const again = await place(person, product.id, 1, 'tok_ok', headers)
    expect([again.status, again.body]).toEqual([201, first.body])
    expect((await place(person, product.id, 2, 'tok_ok', headers)).status).toBe(422)
    expect((await place(person, product.id, 1, 'tok_ok', {})).status).toBe(400)
  })

  it('gets the stock back after a declined card, and can pay again', async () => {
    const [person, product] = [await customer(), await newProduct(3)]
    const { body: placed } = await place(person, product.id, 2, 'tok_declined')
    await becomes(person, placed.id, 'payment_failed')
    await vi.waitFor(async () => expect(await available(product.id)).toBe(3), 10_000)
    const body = { paymentMethod: { token: 'tok_ok' } }
    const path = `/v1/orders/${placed.id}/payments`
    expect((await person.client.call('POST', path, { token: person.token, body, headers: key() })).status).toBe(202)
    await becomes(person, placed.id, 'paid')
    expect(await available(product.id)).toBe(1)
    const payments = await paymentOf(person, placed.id)
    expect(payments.map(({ attempt, status }) => [attempt, status])).toEqual([
      [2, 'captured'],
      [1, 'failed'],
    ])
    expect((await person.client.call('POST', path, { token: person.token, body, headers: key() })).status).toBe(409)
  })

  it('cancels a paid order: money and stock come back', async () => {
    const [person, product] = [await customer(), await newProduct(3)]
    const { body: placed } = await place(person, product.id, 3)
    await becomes(person, placed.id, 'paid')
    const cancelled = await person.client.call('POST', `/v1/orders/${placed.id}/cancellation`, { token: person.token })
    expect(cancelled.status).toBe(202)
    await becomes(person, placed.id, 'refunded')
    expect((await order(person, placed.id)).refunded).toEqual(placed.total)
    expect(await paymentOf(person, placed.id)).toMatchObject([{ status: 'refunded', refunded: placed.total }])
    await vi.waitFor(async () => expect(await available(product.id)).toBe(3), 10_000)
  })

  it('can not buy what is not there', async () => {
    const [person, product] = [await customer(), await newProduct(1)]
    const refused = await place(person, product.id, 2)
    expect([refused.status, refused.headers['content-type']]).toEqual([409, 'application/problem+json'])
    expect(await available(product.id)).toBe(1)
  })

  it('sees only their own orders and payments', async () => {
    const [owner, other, product] = [await customer(), await customer(), await newProduct()]
    const { body: placed } = await place(owner, product.id)
    await becomes(owner, placed.id, 'paid')
    const [payment] = await paymentOf(owner, placed.id)
    const ask = { token: other.token }
    expect((await other.client.call('GET', `/v1/orders/${placed.id}`, ask)).status).toBe(404)
    expect((await other.client.call('POST', `/v1/orders/${placed.id}/cancellation`, ask)).status).toBe(404)
    expect((await other.client.call('GET', `/v1/payments/${payment?.id}`, ask)).status).toBe(404)
    expect((await owner.client.call('GET', `/v1/payments/${payment?.id}`, { token: owner.token })).status).toBe(200)
  })

  it('keeps a session by refreshing it, and ends it', async () => {
    const { client, session } = await customer()
    const { refreshToken } = session
    const refreshed = await client.call<Session>('POST', '/v1/sessions/refresh', { body: { refreshToken } })
    expect(refreshed.status).toBe(200)
    const last = { refreshToken: refreshed.body.refreshToken }
    expect((await client.call('DELETE', '/v1/sessions', { body: last })).status).toBe(204)
    expect((await client.call('POST', '/v1/sessions/refresh', { body: last })).status).toBe(401)
  })

  it('reads and changes the own profile and password, and gets a ticket', async () => {
    const { client, token, user } = await customer()
    expect((await client.call<User>('GET', '/v1/users/me', { token })).body).toEqual(user)
    expect((await client.call<User>('PATCH', '/v1/users/me', { token, body: { name: 'Ada L.' } })).body.name).toBe(
      'Ada L.',
    )
    const email = `${randomUUID()}@example.test`
    const move = (body: object) => client.call<User>('PATCH', '/v1/users/me', { token, body })
    expect((await move({ email })).status).toBe(400)
    expect((await move({ email, currentPassword: password })).body.email).toBe(email)
    const body = { currentPassword: password, newPassword: 'another good password' }
    expect((await client.call('PUT', '/v1/users/me/password', { token, body })).status).toBe(204)
    const ticket = await client.call<{ expiresIn: number }>('POST', '/v1/sessions/tickets', {
      token,
      body: { audience: 'orders.live' },
    })
    expect([ticket.status, ticket.body.expiresIn]).toEqual([201, 30])
  })
})

describe('an admin', () => {
  it('keeps the catalogue, and nobody overwrites what they have not seen', async () => {
    const { client, token } = await admin()
    const { id } = await newProduct(5)
    const path = `/v1/products/${id}`
    const etag = String((await client.call('GET', path)).headers.etag)
    const change = (ifMatch?: string) =>
      client.call<Product>('PATCH', path, {
        token,
        body: { name: 'Other lamp' },
        ...(ifMatch && { headers: { 'if-match': ifMatch } }),
      })
    expect((await change()).status).toBe(428)
    expect((await change(etag)).body.name).toBe('Other lamp')
    expect((await change(etag)).status).toBe(412)
    const stock = (delta: number) =>
      client.call<Product>('POST', `${path}/stock`, { token, body: { delta, reason: 'count' } })
    expect((await stock(-6)).status).toBe(409)
    expect((await stock(-5)).body.available).toBe(0)
    expect((await client.call('DELETE', path, { token, headers: { 'if-match': '*' } })).status).toBe(204)
    expect((await client.call('GET', path)).status).toBe(404)
  })

  it('ends the sessions of a customer, disables the account, and is seen in the audit log doing so', async () => {
    const [{ user, session }, { client, token }] = [await customer(), await admin()]
    const path = `/v1/users/${user.id}`
    expect((await client.call('DELETE', `${path}/sessions`, { token })).status).toBe(204)
    const { refreshToken } = session
    const computer = newClient(shop.url)
    expect((await computer.call('POST', '/v1/sessions/refresh', { body: { refreshToken } })).status).toBe(401)
    const disabled = await client.call<AdministeredUser>('PATCH', path, { token, body: { disabled: true } })
    expect(disabled.body).toEqual({ ...user, disabled: true })
    const { email } = user
    expect((await computer.call('POST', '/v1/sessions', { body: { email, password } })).status).toBe(403)
    const { body } = await client.call<Page<AuditEntry>>('GET', '/v1/admin/audit?service=user&limit=2', { token })
    expect(body.items.map(({ action, subject }) => [action, subject])).toEqual([
      ['user.changed', user.id],
      ['user.sessions_ended', user.id],
    ])
  })

  it('refunds a part, then the rest with the goods, and never more', async () => {
    const [person, boss, product] = [await customer(), await admin(), await newProduct(2, 1000)]
    const { body: placed } = await place(person, product.id, 2)
    await becomes(person, placed.id, 'paid')
    const [payment] = await paymentOf(person, placed.id)
    const refund = (body: object) =>
      boss.client.call<Refund & Problem>('POST', `/v1/payments/${payment?.id}/refunds`, {
        token: boss.token,
        headers: key(),
        body,
      })
    expect((await refund({ amount: eur(500), reason: 'scratch', restock: true })).status).toBe(400)
    expect((await refund({ amount: eur(2001), reason: 'too much' })).status).toBe(409)
    expect((await refund({ amount: eur(500), reason: 'scratch' })).body).toMatchObject({
      amount: eur(500),
      status: 'refunded',
    })
    await vi.waitFor(
      async () => expect(await order(person, placed.id)).toMatchObject({ status: 'paid', refunded: eur(500) }),
      10_000,
    )
    expect((await refund({ reason: 'the rest' })).body).toMatchObject({ amount: eur(1500) })
    await becomes(person, placed.id, 'refunded')
    expect((await refund({ reason: 'again' })).status).toBe(409)
    expect(await available(product.id)).toBe(0)
  })

  it('puts the goods back with a whole refund that says so', async () => {
    const [person, boss, product] = [await customer(), await admin(), await newProduct(2)]
    const { body: placed } = await place(person, product.id, 2)
    await becomes(person, placed.id, 'paid')
    const [payment] = await paymentOf(person, placed.id)
    const ask = { token: boss.token, headers: key(), body: { reason: 'sent back', restock: true } }
    expect((await boss.client.call('POST', `/v1/payments/${payment?.id}/refunds`, ask)).status).toBe(201)
    await becomes(person, placed.id, 'refunded')
    await vi.waitFor(async () => expect(await available(product.id)).toBe(2), 10_000)
  })

  it('looks up users; a customer may not do any of this', async () => {
    const [boss, { client, token, user }, product] = [await admin(), await customer(), await newProduct()]
    const seen = { ...user, disabled: false }
    expect(
      (await boss.client.call<AdministeredUser>('GET', `/v1/users/${user.id}`, { token: boss.token })).body,
    ).toEqual(seen)
    const found = await boss.client.call<Page<AdministeredUser>>('GET', `/v1/users?q=${user.email}`, {
      token: boss.token,
    })
    expect(found.body.items).toEqual([seen])
    const forbidden = [
      await client.call('GET', '/v1/users', { token }),
      await client.call('POST', '/v1/products', { token, body: {} }),
      await client.call('DELETE', `/v1/products/${product.id}`, { token }),
      await client.call('POST', `/v1/payments/${randomUUID()}/refunds`, { token, body: {} }),
    ]
    expect(forbidden.map(({ status }) => status)).toEqual([403, 403, 403, 403])
  })
})

describe('the gateway', () => {
  it.each([
    ['no token', undefined],
    ['a token that is none', 'x.y.z'],
    ['a token that somebody else signed', `${btoa('{"alg":"none","typ":"JWT"}').replaceAll('=', '')}.e30.`],
  ])('refuses %s in the form that Kong has', async (_, token) => {
    const { status, headers, body } = await newClient(shop.url).call<{ message: string }>('GET', '/v1/orders', {
      token,
    })
    expect(status).toBe(401)
    expect(headers['www-authenticate']).toContain('Bearer')
    expect(Object.keys(body)).toEqual(['message'])
  })

  it('refuses a token that has expired', async () => {
    const ring = JSON.parse(readFileSync(join(shop.home, 'keys.json'), 'utf8'))
    const { kid, privateJwk } = ring.keys.find((key: { kid: string }) => key.kid === ring.current)
    const token = await new SignJWT({ role: 'customer' })
      .setProtectedHeader({ alg: 'RS256', kid })
      .setSubject(randomUUID())
      .setExpirationTime('-1s')
      .sign(await importJWK(privateJwk, 'RS256'))
    const { status, body } = await newClient(shop.url).call('GET', '/v1/orders', { token })
    expect([status, body]).toEqual([401, { exp: 'token expired' }])
  })

  it('lets ten log-ins a minute through from one address, whichever path they take', async () => {
    const client = newClient(shop.url)
    const body = { email: 'nobody@example.test', password: 'wrong password' }
    const statuses: number[] = []
    for (let i = 0; i < 12; i++) {
      statuses.push((await client.call('POST', i % 2 === 0 ? '/v1/sessions' : '/sessions', { body })).status)
    }
    // A minute may begin among them; then both halves are below the limit and the last ones pass.
    const minuteTurned = !statuses.includes(429)
    if (minuteTurned)
      for (let i = 0; i < 12; i++) statuses.push((await client.call('POST', '/sessions', { body })).status)
    expect(statuses).toContain(429)
    expect(statuses.slice(0, 2)).toEqual([401, 401])
  })

  it('cuts off an endless body before any service is asked', async () => {
    const request = http.request(shop.url, { method: 'POST' })
    request.on('error', () => undefined)
    const answered = once(request, 'response') as Promise<[http.IncomingMessage]>
    const push = () => void (request.destroyed || request.write(Buffer.alloc(65_536), push))
    push()
    const [{ statusCode, headers }] = await answered
    expect(statusCode).toBe(413)
    expect(headers).not.toHaveProperty('x-kong-upstream-latency')
    request.destroy()
  })

  it('answers a preflight itself', async () => {
    const headers = { origin: 'http://localhost:5173', 'access-control-request-method': 'POST' }
    const { status, headers: answered } = await newClient(shop.url).call('OPTIONS', '/v1/orders', { headers })
    expect(status).toBe(200)
    expect(answered['access-control-allow-origin']).toBe('http://localhost:5173')
    expect(answered['access-control-allow-methods']).toContain('POST')
  })

  it('answers an unknown path of the API as a problem document, with the request id everywhere', async () => {
    const headers = { 'x-request-id': 'my-request-1' }
    const {
      status,
      headers: answered,
      body,
    } = await newClient(shop.url).call<Problem>('GET', '/v1/nothing', { headers })
    expect([status, answered['content-type']]).toEqual([404, 'application/problem+json'])
    expect([answered['x-request-id'], body.requestId]).toEqual(['my-request-1', 'my-request-1'])
  })

  it('serves the public keys', async () => {
    const { body } = await newClient(shop.url).call<{ keys: object[] }>('GET', '/.well-known/jwks.json')
    expect(body.keys).toHaveLength(2)
  })
})

describe('the trail of an order', () => {
  interface Entry {
    readonly time: string
    readonly service: string
    readonly message: string
    readonly requestId?: string
    readonly event?: string
    readonly outcome?: string
    readonly path?: string
  }

  const trail = async (...args: string[]): Promise<Entry[]> => {
    const { code, stdout, stderr } = await shop.run('logs', [...args, '--json'])
    expect(code, stderr).toBe(0)
    return JSON.parse(stdout) as Entry[]
  }
  const step = ({ service, message, event, outcome, path }: Entry) =>
    [service, message, event ?? path, outcome].filter((part) => part !== undefined).join(' ')

  /** What every paid order goes through; of two steps at the same time either may be first. */
  const steps = [
    'gateway request /v1/orders',
    'product hold answered held',
    'order stock held',
    'order order placed applied',
    'order event published order_placed',
    'product event handled order_placed applied',
    'payment event handled order_placed applied',
    'payment charge sent',
    'provider charge answered captured',
    'payment payment captured applied',
    'payment event published payment_captured',
    'order event handled payment_captured applied',
    'order status sent over WebSocket',
    'provider webhook sent charge.captured taken',
    'payment webhook received charge.captured',
    'gateway request /v1/payments/webhooks/sandbox',
  ]
  /** One causes the next. (That an event is published is logged once the bus has it, and others may have it first.) */
  const chain = [
    'gateway request /v1/orders',
    'order order placed applied',
    'payment charge sent',
    'payment payment captured applied',
    'payment webhook received charge.captured',
  ]

  it('names every step from the gateway to the webhook, in order of time, by the id of the order or its request', async () => {
    const [person, product] = [await customer(), await newProduct()]
    const body = { audience: 'orders.live' }
    const { ticket } = (
      await person.client.call<{ ticket: string }>('POST', '/v1/sessions/tickets', { ...person, body })
    ).body
    const socket = new WebSocket(`${shop.url.replace('http', 'ws')}/v1/orders/live?ticket=${ticket}`)
    await new Promise((resolve, reject) => {
      socket.onopen = resolve
      socket.onerror = () => reject(new Error('the WebSocket did not open'))
    })
    const placed = await place(person, product.id)
    await becomes(person, placed.body.id, 'paid')
    socket.close()
    const entries = await vi.waitFor(
      async () => {
        const found = await trail('--order', placed.body.id)
        expect(found.map(step)).toEqual(expect.arrayContaining(steps))
        return found
      },
      { timeout: 30_000, interval: 500 },
    )
    expect(entries.map(({ time }) => time)).toEqual(entries.map(({ time }) => time).toSorted())
    const names = entries.map(step)
    expect(chain.toSorted((a, b) => names.indexOf(a) - names.indexOf(b))).toEqual(chain)

    const requestId = String(placed.headers['x-kong-request-id'])
    expect(names.filter((_, index) => entries[index]?.requestId === requestId)).toEqual(
      expect.arrayContaining(steps.slice(0, 14)),
    )
    for (const id of [requestId, String(placed.headers['x-request-id'])])
      expect((await trail('--request', id)).map(step)).toEqual(expect.arrayContaining(steps))
    const access = readFileSync(join(shop.home, 'logs/gateway-access.log'), 'utf8')
    expect(access).toContain('/v1/orders/live?ticket=[redacted]')
    expect(access).not.toContain(ticket)
    expect(JSON.stringify(entries)).not.toMatch(/tok_ok|@example|Ada/)
  })

  const nobodys = '01890000-0000-7000-8000-000000000000'
  it.each([
    [['--order', nobodys], 'No log names order'],
    [['--request', 'f'.repeat(32)], 'No log names request'],
    [['--order', '1; drop'], 'is a UUID'],
    [['--request', '../../etc'], 'letters, digits'],
    [['--order', nobodys, '--request', 'a'], 'not both'],
  ])('is refused for %j with a reason', async (args, reason) => {
    const { code, stderr, stdout } = await shop.run('logs', args)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(reason)
    expect(stderr).not.toMatch(/\n {4}at /)
  })
})

describe('when a part is down', () => {
  /** Freezes a service for the length of `work`: it neither answers nor gets restarted. */
  async function without(name: string, work: () => Promise<void>): Promise<void> {
    const { pid } = await shop.process(name)
    process.kill(pid, 'SIGSTOP')
    try {
      await work()
    } finally {
      process.kill(pid, 'SIGCONT')
    }
  }

  it('still shows orders without user-service', async () => {
    const [person, product] = [await customer(), await newProduct()]
    const { body: placed } = await place(person, product.id)
    await without('user', async () => {
      const { status, body } = await person.client.call<Page<MergedOrder> & { incomplete: string[] }>(
        'GET',
        '/orders',
        person,
      )
      expect(status).toBe(200)
      expect(body.incomplete).toEqual(['user'])
      expect(body.items).toMatchObject([{ id: placed.id, user: null }])
    })
  })

  it('takes orders without payment-service and has them paid when it is back', async () => {
    const [person, product] = [await customer(), await newProduct()]
    let placed: Order | undefined
    await without('payment', async () => {
      const answer = await place(person, product.id)
      expect(answer.status).toBe(201)
      placed = answer.body
      expect((await order(person, placed.id)).status).toBe('pending')
    })
    await becomes(person, placed?.id ?? '', 'paid')
  }, 40_000)

  it('restarts a killed service on the same port', async () => {
    const before = await shop.process('storefront')
    process.kill(before.pid, 'SIGKILL')
    await vi.waitFor(
      async () => {
        const after = await shop.process('storefront')
        expect(after).toMatchObject({ ports: before.ports, health: 'ready', restarts: before.restarts + 1 })
        expect(after.pid).not.toBe(before.pid)
      },
      { timeout: 15_000, interval: 200 },
    )
  }, 20_000)
})

it('rotates the signing keys with an overlap, once in fifteen minutes', async () => {
  const before = await customer()
  const rotated = await shop.run('keys', ['rotate'])
  expect(rotated, rotated.stderr).toMatchObject({ code: 0 })
  const after = await customer()
  const kid = (token: string) => JSON.parse(atob(token.split('.')[0] ?? '')).kid
  expect(kid(after.token)).not.toBe(kid(before.token))
  for (const person of [before, after]) {
    expect((await person.client.call('GET', '/v1/orders', { token: person.token })).status).toBe(200)
  }
  const again = await shop.run('keys', ['rotate'])
  expect(again.code).not.toBe(0)
  expect(again.stderr).toMatch(/minute/)
}, 30_000)
