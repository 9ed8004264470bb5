import { setTimeout as sleep } from 'node:timers/promises'
import type { Order, Payment, Refund } from '@portico/contracts'
import type { Journal, Purchase } from './journal.ts'
import type { Person } from './person.ts'
import type { Random } from './random.ts'

export interface Habits {
  readonly person: Person
  readonly admin: Person
  readonly journal: Journal
  readonly random: Random
  /** What can be bought: plenty of some, of others hardly enough for two. */
  readonly products: { readonly plenty: readonly string[]; readonly scarce: readonly string[] }
  /** Given when no new order is to be placed. */
  readonly enough: AbortSignal
}

const OUTCOME_MS = 20_000

const tokens = [
  ...Array<string>(10).fill('tok_ok'),
  ...['tok_declined', 'tok_declined', 'tok_insufficient_funds', 'tok_slow', 'tok_slow', 'tok_timeout_after_charge'],
]

/** Places orders and does with them what customers do, until it is enough. */
export async function shopUntilEnough(habits: Habits): Promise<void> {
  while (!habits.enough.aborted) {
    const purchase = await place(habits)
    if (purchase) await whatComesAfter(habits, purchase)
    await sleep(habits.random.between(20, 300))
  }
}

let keys = 0

async function place({ person, journal, random, products }: Habits): Promise<Purchase | undefined> {
  keys += 1
  const key = `${person.email}-${keys}`
  const from = random.chance(0.25) ? products.scarce : products.plenty
  const chosen = random.shuffle(from).slice(0, random.between(1, 3))
  const items = chosen.map((productId) => ({ productId, quantity: random.between(1, 3) }))
  const body = { items, paymentMethod: { token: random.pick(tokens) } }
  const ask = { body, headers: { 'idempotency-key': key } }
  const { status, body: order, tries } = await person.insist<Order>('POST', '/v1/orders', ask)
  if (status !== 201) {
    journal.counts.refused += 1
    return undefined
  }
  const purchase: Purchase = {
    customer: person.email,
    key,
    body,
    order,
    cancellation: undefined,
    paidAgain: 0,
    refunds: [],
  }
  journal.accept(purchase, tries)
  return purchase
}

async function whatComesAfter(habits: Habits, purchase: Purchase): Promise<void> {
  const { random } = habits
  const mood = random.next()
  if (mood < 0.5) return
  if (mood < 0.6) return cancel(habits, purchase)
  const status = await outcome(habits, purchase)
  if (status === 'payment_failed') await afterDecline(habits, purchase)
  if (status === 'paid' && random.chance(0.25)) await cancel(habits, purchase)
  else if (status === 'paid' && random.chance(0.5)) await askForRefunds(habits, purchase)
}

async function cancel({ person, journal }: Habits, purchase: Purchase): Promise<void> {
  const { status, tries } = await person.insist('POST', `/v1/orders/${purchase.order.id}/cancellation`, {})
  if (status === 202) journal.cancelled(purchase)
  // It has no key: an earlier try may have done what this one finds done.
  else if (tries > 1) purchase.cancellation ??= 'perhaps'
}

async function afterDecline(habits: Habits, purchase: Purchase): Promise<void> {
  const { person, journal, random } = habits
  if (random.chance(0.2)) return
  if (random.chance(0.2)) return cancel(habits, purchase)
  const token = random.pick(['tok_ok', 'tok_ok', 'tok_slow', 'tok_declined'])
  const { status } = await person.insist('POST', `/v1/orders/${purchase.order.id}/payments`, {
    body: { paymentMethod: { token } },
    headers: { 'idempotency-key': `${purchase.key}-again` },
  })
  if (status === 202) journal.paidAgain(purchase)
  if (random.chance(0.2)) await cancel(habits, purchase)
}

/** What became of an order, if that is known within some time. */
async function outcome({ person, enough }: Habits, { order }: Purchase): Promise<Order['status']> {
  const deadline = Date.now() + OUTCOME_MS
  while (Date.now() < deadline && !enough.aborted) {
    const { status, body } = await person.ask<Order>('GET', `/v1/orders/${order.id}`)
    if (status === 200 && body.status !== 'pending') return body.status
    await sleep(200)
  }
  return 'pending'
}

/** An admin gives back a part, two parts, or everything, with or without the goods; at times while it is cancelled. */
async function askForRefunds(habits: Habits, purchase: Purchase): Promise<void> {
  const { admin, random } = habits
  const { status, body } = await admin.ask<{ items: Payment[] }>('GET', `/v1/payments?orderId=${purchase.order.id}`)
  const payment = status === 200 ? body.items.find((each) => each.status === 'captured') : undefined
  if (!payment) return
  const whole = random.chance(0.5)
  const part = { amount: Math.ceil(payment.amount.amount / 3), currency: payment.amount.currency }
  const restock = whole && random.chance(0.5)
  const times = whole ? 1 : random.between(1, 3)
  const refunds = Array.from({ length: times }, (_, index) =>
    refund(habits, { purchase, payment, index, restock, ...(!whole && { amount: part }) }),
  )
  if (random.chance(0.2)) await cancel(habits, purchase)
  await Promise.all(refunds)
}

async function refund(
  { admin, journal }: Habits,
  about: { purchase: Purchase; payment: Payment; index: number; restock: boolean; amount?: Payment['amount'] },
): Promise<void> {
  const { purchase, payment, index, restock, amount } = about
  const { status, body } = await admin.insist<Refund>('POST', `/v1/payments/${payment.id}/refunds`, {
    body: { reason: `returned ${index}`, restock, ...(amount && { amount }) },
    headers: { 'idempotency-key': `${purchase.key}-refund-${index}` },
  })
  if (status !== 201) return
  journal.refunded(purchase, { id: body.id, paymentId: payment.id, amount: body.amount.amount, restock })
}
