import type { Event } from '@portico/contracts'
import { Redis } from 'ioredis'
import { chargeKeyOf, type StoredPayment, type StoredRefund, transitions } from '../payments.ts'
import { type Keys, keysBelow } from './keys.ts'
import * as scripts from './scripts.ts'

export interface Store {
  readonly redis: Redis
  readonly keys: Keys
}

/** Connects; the Redis must run with `appendonly yes` and `appendfsync always`. */
export function openStore(url: string, prefix = 'portico:'): Store {
  const redis = new Redis(url, {
    maxRetriesPerRequest: 2,
    connectTimeout: 2000,
    commandTimeout: 5000,
    retryStrategy: (times) => Math.min(times * 50, 1000),
  })
  // Commands fail with the connection; the event says nothing more.
  redis.on('error', () => undefined)
  return { redis, keys: keysBelow(prefix) }
}

const read = <T>(text: string | null): T | undefined => (text === null ? undefined : (JSON.parse(text) as T))

export const findPayment = async ({ redis, keys }: Store, id: string): Promise<StoredPayment | undefined> =>
  read(await redis.get(keys.payment(id)))

export const findRefund = async ({ redis, keys }: Store, id: string): Promise<StoredRefund | undefined> =>
  read(await redis.get(keys.refund(id)))

export async function findByAttempt(
  store: Store,
  attempt: Pick<StoredPayment, 'orderId' | 'attempt'>,
): Promise<StoredPayment | undefined> {
  const id = await store.redis.get(store.keys.attempt(chargeKeyOf(attempt)))
  return id === null ? undefined : findPayment(store, id)
}

/** The payments of an order below an attempt, the latest first. */
export async function paymentsOf(
  { redis, keys }: Store,
  orderId: string,
  page: { before: number | undefined; limit: number },
): Promise<StoredPayment[]> {
  const ids = await redis.zrange(
    keys.order(orderId),
    page.before === undefined ? '+inf' : `(${page.before}`,
    '-inf',
    'BYSCORE',
    'REV',
    'LIMIT',
    0,
    page.limit,
  )
  if (ids.length === 0) return []
  const texts = await redis.mget(ids.map(keys.payment))
  return texts.flatMap((text) => read<StoredPayment>(text) ?? [])
}

/** @returns false where the attempt has a payment already */
export async function createPayment({ redis, keys }: Store, payment: StoredPayment, dueAt: number): Promise<boolean> {
  const names = [
    keys.attempt(chargeKeyOf(payment)),
    keys.payment(payment.id),
    keys.order(payment.orderId),
    keys.unsettled,
  ]
  return (
    (await redis.eval(
      scripts.create,
      names.length,
      ...names,
      payment.id,
      JSON.stringify(payment),
      payment.attempt,
      dueAt,
    )) === 1
  )
}

/** Gives a pending payment its outcome. @returns false where it had one already */
export async function settlePayment(
  { redis, keys }: Store,
  id: string,
  step: 'capture' | 'fail',
  event: Event,
): Promise<boolean> {
  const names = [keys.payment(id), keys.unsettled, keys.outbox]
  const { from, to } = transitions[step]
  return (await redis.eval(scripts.settle, names.length, ...names, id, from, to, JSON.stringify(event))) === 1
}

export type Reservation =
  | { readonly outcome: 'reserved'; readonly amount: number }
  | { readonly outcome: 'known' | 'wrong_state' | 'too_large' | 'not_whole' }

const reservations = ['known', 'wrong_state', 'too_large', 'not_whole'] as const

/** Reserves a refund; `amount` undefined is all that is left. */
export async function reserveRefund(
  { redis, keys }: Store,
  refund: Omit<StoredRefund, 'amount'>,
  terms: { amount: number | undefined; dueAt: number; onlyWhole: boolean },
): Promise<Reservation> {
  const names = [keys.payment(refund.paymentId), keys.refund(refund.id), keys.unsettled]
  const args = [
    JSON.stringify(refund),
    terms.amount ?? -1,
    transitions.refund.from,
    terms.dueAt,
    terms.onlyWhole ? '1' : '0',
  ]
  const answer = Number(await redis.eval(scripts.reserveRefund, names.length, ...names, ...args))
  if (answer > 0) return { outcome: 'reserved', amount: answer }
  return { outcome: reservations[-answer] ?? 'known' }
}

/** @returns false where it was done before */
export async function finishRefund({ redis, keys }: Store, refund: StoredRefund, event: Event): Promise<boolean> {
  const names = [keys.payment(refund.paymentId), keys.refund(refund.id), keys.unsettled, keys.outbox]
  const { from, to } = transitions.refund
  return (await redis.eval(scripts.finishRefund, names.length, ...names, JSON.stringify(event), from, to)) === 1
}

export type Unsettled = { readonly kind: 'payment' | 'refund'; readonly id: string }

/**
 * Takes what is due and puts it off by a lease, in which it is this replica's to settle. Two replicas may take the same
 * at once; that does no harm, since the provider and the scripts have their effect once.
 */
export async function takeDue(
  { redis, keys }: Store,
  now: number,
  leaseMs: number,
  limit: number,
): Promise<Unsettled[]> {
  const members = await redis.zrangebyscore(keys.unsettled, '-inf', now, 'LIMIT', 0, limit)
  for (const member of members) await redis.zadd(keys.unsettled, 'XX', now + leaseMs, member)
  return members.map((member) => {
    const [kind, id = ''] = member.split('/')
    return { kind: kind === 'refund' ? 'refund' : 'payment', id }
  })
}
