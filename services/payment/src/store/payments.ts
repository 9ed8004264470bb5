import type { Event } from '@portico/contracts'
import { chargeKeyOf, type StoredPayment, transitions } from '../payments.ts'
import type { Store } from './connection.ts'

export async function findPayment({ redis, keys }: Store, id: string): Promise<StoredPayment | undefined> {
  const text = await redis.get(keys.payment(id))
  return text === null ? undefined : (JSON.parse(text) as StoredPayment)
}

/** The payment of an attempt, `orderId:attempt`. */
export async function findPaymentOf(store: Store, key: string): Promise<StoredPayment | undefined> {
  const id = await store.redis.get(store.keys.attempt(key))
  return id === null ? undefined : findPayment(store, id)
}

/** The payments of an order below an attempt, the latest first. */
export async function paymentsOf(
  { redis, keys }: Store,
  orderId: string,
  page: { before: number | undefined; limit: number },
): Promise<StoredPayment[]> {
  const below = page.before === undefined ? '+inf' : `(${page.before}`
  const ids = await redis.zrange(keys.order(orderId), below, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, page.limit)
  if (ids.length === 0) return []
  const texts = await redis.mget(ids.map(keys.payment))
  return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as StoredPayment]))
}

/**
 * Stores a payment of an attempt that has none, due for the sweep.
 * @returns false where the attempt has one already
 */
export async function createPayment({ redis, keys }: Store, payment: StoredPayment, dueAt: number): Promise<boolean> {
  const { id, orderId, attempt } = payment
  const names = [keys.attempt(chargeKeyOf(payment)), keys.payment(id), keys.order(orderId), keys.unsettled]
  names.push(keys.ids(), keys.ids('pending'))
  return (await redis.createPayment(...names, id, JSON.stringify(payment), attempt, dueAt)) === 1
}

/** Gives a pending payment its outcome, with the event that says so. @returns false where it had one already */
export async function settlePayment(
  { redis, keys }: Store,
  id: string,
  step: 'capture' | 'fail',
  event: Event,
): Promise<boolean> {
  const { from, to } = transitions[step]
  const names = [keys.payment(id), keys.unsettled, keys.tries, keys.outbox, keys.ids(from), keys.ids(to)]
  return (await redis.settlePayment(...names, from, to, JSON.stringify(event))) === 1
}
