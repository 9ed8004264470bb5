import type { EventType } from './events.ts'

/**
 * Who publishes what and who hears it. A topic is one publisher's stream, so that what it says of one order stays in
 * order; each consumer is a group of its own, known before the first publish, so that nothing can be missed.
 */
export const topics = {
  order: {
    events: ['order_placed', 'order_closed', 'refund_requested'],
    consumers: { product: ['order_placed', 'order_closed'], payment: ['order_placed', 'refund_requested'] },
  },
  product: { events: ['stock_lost'], consumers: { order: ['stock_lost'] } },
  payment: {
    events: ['payment_captured', 'payment_failed', 'payment_refunded'],
    consumers: { order: ['payment_captured', 'payment_failed', 'payment_refunded'] },
  },
} as const satisfies Record<
  string,
  { readonly events: readonly EventType[]; readonly consumers: Readonly<Record<string, readonly EventType[]>> }
>

export type Topic = keyof typeof topics

/** The service that alone may publish a type; undefined for a type that the contract does not know. */
export const publisherOf = (type: string): Topic | undefined =>
  (Object.keys(topics) as Topic[]).find((topic) => (topics[topic].events as readonly string[]).includes(type))

/** The topics that a service hears, and which of their events it handles. */
export function subscriptionsOf(consumer: string): { topic: Topic; types: readonly EventType[] }[] {
  return (Object.keys(topics) as Topic[]).flatMap((topic) => {
    const consumers: Readonly<Record<string, readonly EventType[]>> = topics[topic].consumers
    const types = consumers[consumer]
    return types ? [{ topic, types }] : []
  })
}

/** Every service that hears events. */
export const subscribers: readonly string[] = [
  ...new Set(Object.values(topics).flatMap(({ consumers }) => Object.keys(consumers))),
]
