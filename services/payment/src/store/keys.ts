import type { PaymentStatus } from '@portico/contracts'

/** Where everything is in the Redis, below a prefix that tests keep apart by. */
export const keysBelow = (prefix: string) => ({
  payment: (id: string) => `${prefix}payment:${id}`,
  /** `orderId:attempt` → payment id. */
  attempt: (key: string) => `${prefix}attempt:${key}`,
  /** Payment ids of an order, by attempt. */
  order: (orderId: string) => `${prefix}order:${orderId}`,
  refund: (id: string) => `${prefix}refund:${id}`,
  /** Payments and refunds that the provider has still to be asked about, by when. */
  unsettled: `${prefix}unsettled`,
  /** How often the sweep has taken each of them. */
  tries: `${prefix}tries`,
  /** Ids of all payments, or of those of a status. They are of version 7, so the order of ids is that of time. */
  ids: (status?: PaymentStatus) => `${prefix}payments${status ? `:${status}` : ''}`,
  /** There once the payments of before have been put into the sets of ids. */
  idsComplete: `${prefix}payments-complete`,
  /** What admins did, of all or of one: an entry's id, a space and the entry. */
  audit: (actor?: string) => `${prefix}audit${actor ? `:${actor}` : ''}`,
  outbox: `${prefix}outbox`,
  relayLock: `${prefix}relay-lock`,
  idempotency: (scope: string) => `${prefix}idempotency:${scope}`,
  running: (scope: string) => `${prefix}running:${scope}`,
})

export type Keys = ReturnType<typeof keysBelow>
