import { setTimeout as sleep } from 'node:timers/promises'
import type { Product } from '@portico/contracts'
import { shopUntilEnough } from './customer.ts'
import type { Journal } from './journal.ts'
import { adminPassword, Person } from './person.ts'
import type { Random } from './random.ts'
import type { Victim } from './shop.ts'

const SCARCE = { count: 3, stock: 6 }
const PLENTY = 12
const FEW = 100
const DELIVERY = 500
const LOOK_EVERY_MS = 2000

/** Many customers and an admin, each at a computer of their own. */
export interface Crowd {
  /** Lets all of them shop; resolves when each has had a clear answer to everything after `enough`. */
  shop(enough: AbortSignal): Promise<void>
  /** Each customer asks again for every order. @returns those that they are told otherwise, or not at all, of */
  askAgain(): Promise<string[]>
  leave(): void
}

/** Makes the accounts and a few products of which there is hardly enough. @throws Error when the shop refuses */
export async function gatherCrowd(victim: Victim, journal: Journal, random: Random, size: number): Promise<Crowd> {
  const admin = new Person('admin@example.test', victim.url, journal)
  await victim.makeAdmin(admin.email, adminPassword)
  const people = Array.from(
    { length: size },
    (_, index) => new Person(`c${index + 1}@example.test`, victim.url, journal),
  )
  for (const person of people) await person.register()
  const { body } = await admin.ask<{ items: Product[] }>('GET', `/v1/products?limit=${PLENTY}`)
  const plenty = body.items.map(({ id }) => id)
  const scarce = await Promise.all(Array.from({ length: SCARCE.count }, (_, index) => makeScarce(admin, index)))
  const byEmail = new Map(people.map((person) => [person.email, person]))
  return {
    shop: async (enough) => {
      await Promise.all([
        keepInStock(admin, plenty, enough),
        ...people.map((person) =>
          shopUntilEnough({
            person,
            admin,
            journal,
            random: random.fork(person.email),
            products: { plenty, scarce },
            enough,
          }),
        ),
      ])
    },
    askAgain: () => askAgain(journal, byEmail),
    leave: () => {
      for (const person of [admin, ...people]) person.close()
    },
  }
}

async function makeScarce(admin: Person, index: number): Promise<string> {
  const { status, body } = await admin.ask<Product>('POST', '/v1/products', {
    body: {
      sku: `SCARCE-${index}`,
      name: `Rare thing ${index}`,
      description: 'There are few of it',
      category: 'rare',
      price: { amount: 1999, currency: 'EUR' },
      stock: SCARCE.stock,
    },
  })
  if (status !== 201) throw new Error(`a product could not be made: ${status} ${JSON.stringify(body)}`)
  return body.id
}

/** Goods come whenever there are few left, so that there is something to order until the end. */
async function keepInStock(admin: Person, products: readonly string[], enough: AbortSignal): Promise<void> {
  while (!enough.aborted) {
    const { status, body } = await admin.ask<{ items: Product[] }>('GET', '/v1/products?limit=100')
    const few = status === 200 ? body.items.filter(({ id, available }) => products.includes(id) && available < FEW) : []
    for (const { id } of few) {
      await admin.ask('POST', `/v1/products/${id}/stock`, { body: { delta: DELIVERY, reason: 'delivered' } })
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal: enough }).catch(() => undefined)
  }
}

async function askAgain(journal: Journal, people: ReadonlyMap<string, Person>): Promise<string[]> {
  const wrong: string[] = []
  const byCustomer = Map.groupBy(journal.purchases.values(), ({ customer }) => customer)
  await Promise.all(
    [...byCustomer].map(async ([customer, purchases]) => {
      for (const { key, body, order } of purchases) {
        const ask = { body, headers: { 'idempotency-key': key } }
        const answer = await people.get(customer)?.insist<{ id?: string }>('POST', '/v1/orders', ask)
        if (answer?.status !== 201 || answer.body.id !== order.id)
          wrong.push(`${key}: told of ${order.id}, and when asked again ${answer?.status} ${answer?.body.id}`)
      }
    }),
  )
  return wrong
}
