import type { AuditEntry, Event, PaymentStatus } from '@portico/contracts'
import { type StoredRefund, transitions } from '../payments.ts'
import type { Store } from './connection.ts'

export async function findRefund({ redis, keys }: Store, id: string): Promise<StoredRefund | undefined> {
  const text = await redis.get(keys.refund(id))
  return text === null ? undefined : (JSON.parse(text) as StoredRefund)
}

/** A status is that of a payment which can't be refunded. */
export type Reservation =
  | 'reserved'
  | 'known'
  | 'not_whole'
  | 'too_large'
  | Exclude<PaymentStatus, typeof transitions.refund.from>

export interface RefundTerms {
  /** Minor units; undefined is all that is left. */
  readonly amount: number | undefined
  readonly onlyWhole: boolean
  /** When the sweep looks after it. */
  readonly dueAt: number
  /** Kept together with the refund: which request of an admin it answers. */
  readonly request?:
    | { readonly record: string; readonly bodyHash: string; readonly keptMs: number; readonly audit: AuditEntry }
    | undefined
}

/** Reserves a refund of a payment that exists, if its state and what is left of it allow. */
export async function reserveRefund(
  { redis, keys }: Store,
  refund: Omit<StoredRefund, 'amount'>,
  { amount, onlyWhole, dueAt, request }: RefundTerms,
): Promise<Reservation> {
  const names = [keys.payment(refund.paymentId), keys.refund(refund.id), keys.unsettled]
  if (request) names.push(request.record, keys.audit(), keys.audit(request.audit.actor))
  const values = [JSON.stringify(refund), amount ?? -1, transitions.refund.from, dueAt, onlyWhole ? '1' : '0']
  if (request) values.push(request.bodyHash, JSON.stringify(request.audit), request.keptMs)
  return (await redis.reserveRefund(names.length, ...names, ...values)) as Reservation
}

/** Counts a reserved refund that the provider made, with the event that says so. @returns false where it was counted */
export async function finishRefund({ redis, keys }: Store, refund: StoredRefund, event: Event): Promise<boolean> {
  const { from, to } = transitions.refund
  const names = [keys.payment(refund.paymentId), keys.refund(refund.id), keys.unsettled, keys.tries, keys.outbox]
  names.push(keys.ids(from), keys.ids(to))
  return (await redis.finishRefund(...names, JSON.stringify(event), from, to)) === 1
}

/** Refunds that the provider has still to be asked about. */
export async function unsettledRefunds(store: Store): Promise<StoredRefund[]> {
  const members = await store.redis.zrange(store.keys.unsettled, '-inf', '+inf', 'BYSCORE')
  const ids = members.flatMap((member) => /^refund\/(.+)$/.exec(member)?.[1] ?? [])
  const refunds = await Promise.all(ids.map((id) => findRefund(store, id)))
  return refunds.filter((refund) => refund !== undefined)
}
