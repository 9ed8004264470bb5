import { randomUUID } from 'node:crypto'
import type { Order, Payment, Product, Session, User } from '@portico/contracts'
import { expect, vi } from 'vitest'
import { key, newClient } from '../client.ts'
import type { Shop } from '../shop.ts'

export const password = 'a good long password'

/** Somebody with an account, signed in. */
export interface Person {
  readonly id: string
  readonly email: string
  readonly token: string
}

/** Things that belong to one customer, each row of the matrix with those that it uses up. */
export interface World {
  readonly owner: Person
  readonly stranger: Person
  readonly admin: Person
  /** An account that admins act on. */
  readonly subject: Person
  readonly paid: Order
  readonly payment: Payment
  readonly declined: Order
  readonly cancellable: Order
  readonly cancellableByAdmin: Order
  readonly product: Product
  readonly retiring: Product
  /** Names an attempt to pay that no order has. */
  readonly attempt: string
}

/** @param adminEmail An admin of the shop, with the password of all. */
export async function createWorld(shop: Shop, adminEmail: string): Promise<World> {
  const [owner, stranger, subject] = [await register(shop), await register(shop), await register(shop)]
  const root = await signIn(shop, adminEmail)
  const [product, retiring] = [await createProduct(shop, root), await createProduct(shop, root)]
  const place = (status: Order['status'], token: string) => placeOrder(shop, owner, product, { status, token })
  const paid = await place('paid', 'tok_ok')
  const { items } = await call<{ items: Payment[] }>(shop, 'GET', `/v1/payments?orderId=${paid.id}`, owner)
  return {
    ...{ owner, stranger, subject, admin: root, product, retiring, paid },
    attempt: `${randomUUID()}:1`,
    payment: items[0] as Payment,
    declined: await place('payment_failed', 'tok_declined'),
    cancellable: await place('paid', 'tok_ok'),
    cancellableByAdmin: await place('paid', 'tok_ok'),
  }
}

async function register(shop: Shop): Promise<Person> {
  const email = `${randomUUID()}@example.test`
  await call<User>(shop, 'POST', '/v1/users', undefined, { email, password, name: 'Ada' })
  return await signIn(shop, email)
}

async function signIn(shop: Shop, email: string): Promise<Person> {
  const { accessToken: token } = await call<Session>(shop, 'POST', '/v1/sessions', undefined, { email, password })
  const { id } = await call<User>(shop, 'GET', '/v1/users/me', { token })
  return { id, email, token }
}

const createProduct = (shop: Shop, admin: Person): Promise<Product> =>
  call(shop, 'POST', '/v1/products', admin, newProduct())

export const newProduct = () => ({
  ...{ sku: `T-${randomUUID()}`, name: 'Lamp', description: 'Shines', category: 'test', stock: 100 },
  price: { amount: 1500, currency: 'EUR' },
})

async function placeOrder(
  shop: Shop,
  owner: Person,
  { id: productId }: Product,
  { status, token }: { readonly status: Order['status']; readonly token: string },
): Promise<Order> {
  const body = { items: [{ productId, quantity: 1 }], paymentMethod: { token } }
  const { id } = await call<Order>(shop, 'POST', '/v1/orders', owner, body)
  return await vi.waitFor(
    async () => {
      const order = await call<Order>(shop, 'GET', `/v1/orders/${id}`, owner)
      expect(order.status).toBe(status)
      return order
    },
    { timeout: 30_000, interval: 100 },
  )
}

async function call<Body>(
  shop: Shop,
  method: string,
  path: string,
  by?: Pick<Person, 'token'>,
  body?: unknown,
): Promise<Body> {
  const answer = await newClient(shop.url).call<Body>(method, path, { token: by?.token, body, headers: key() })
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  return answer.body
}
