import type { AuditedService, DeadLetterGroup, OrderStatus, PaymentStatus } from '@portico/contracts'

type Raw = Readonly<Record<string, unknown>>

export const orderStatuses: readonly OrderStatus[] = ['pending', 'paid', 'payment_failed', 'cancelled', 'refunded']
export const paymentStatuses: readonly PaymentStatus[] = ['pending', 'captured', 'failed', 'refunded']
export const auditedServices: readonly AuditedService[] = ['order', 'payment', 'product', 'user']
/** What the audit page shows instead of changes. */
export const auditViews = ['reads', 'all'] as const
export type AuditView = (typeof auditViews)[number]
export const deadLetterGroups: readonly DeadLetterGroup[] = ['order', 'payment', 'product']

/** Takes what is right of an address somebody may have typed, and leaves the rest. */
export const readOrderSearch = (raw: Raw): { q?: string; status?: OrderStatus; customerId?: string } =>
  present({ q: textOf(raw.q), status: oneOf(orderStatuses, raw.status), customerId: textOf(raw.customerId) })

export const readPaymentSearch = (raw: Raw): { status?: PaymentStatus; orderId?: string } =>
  present({ status: oneOf(paymentStatuses, raw.status), orderId: textOf(raw.orderId) })

export const readTextSearch = (raw: Raw): { q?: string } => present({ q: textOf(raw.q) })

export const readAuditSearch = (raw: Raw): { service?: AuditedService; actor?: string; show?: AuditView } =>
  present({
    service: oneOf(auditedServices, raw.service),
    actor: textOf(raw.actor),
    show: oneOf(auditViews, raw.show),
  })

export const readGroup = (raw: Raw): { group?: DeadLetterGroup } =>
  present({ group: oneOf(deadLetterGroups, raw.group) })

type Present<Shape> = { [Name in keyof Shape]?: Exclude<Shape[Name], undefined> }

function present<Shape extends object>(shape: Shape): Present<Shape> {
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined)) as Present<Shape>
}

const oneOf = <Value extends string>(values: readonly Value[], raw: unknown): Value | undefined =>
  values.find((value) => value === raw)

const textOf = (raw: unknown): string | undefined => {
  // The router reads what looks like a number or JSON as that.
  const text = typeof raw === 'number' ? String(raw) : raw
  return typeof text === 'string' && text.trim() !== '' ? text.trim().slice(0, 200) : undefined
}
