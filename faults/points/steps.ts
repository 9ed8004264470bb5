/**
 * The named steps of an order's life: what a process does at its adapters, before and after which it may be made to die.
 * `points/` finds each of them by what goes over the wire, so that no service holds a line for it.
 */
const operations = {
  order: ['hold.call', 'place.commit', 'change.commit', 'hear.commit', 'bus.publish', 'outbox.mark', 'bus.ack'],
  product: ['hold.commit', 'hear.commit', 'bus.publish', 'outbox.mark', 'bus.ack'],
  payment: [
    'payment.create',
    'charge.call',
    'payment.settle',
    'refund.reserve',
    'refund.call',
    'refund.finish',
    'bus.publish',
    'outbox.mark',
    'bus.ack',
  ],
  provider: ['charge.commit', 'refund.commit'],
} as const

export type FaultyProcess = keyof typeof operations
export type Operation = (typeof operations)[FaultyProcess][number]
export type Side = 'before' | 'after'

/** A step's name, and that of the file that arms it: `order.before.place.commit`. */
export const stepOf = (process: string, side: Side, operation: string): string => `${process}.${side}.${operation}`

/** Only what is out of stock when its hold has ended makes product-service say something: too rare to wait for. */
const rare = new Set(['product.bus.publish', 'product.outbox.mark'])

/** Every step that a run reaches sooner or later. */
export const steps: readonly string[] = Object.entries(operations).flatMap(([process, names]) =>
  names
    .filter((operation) => !rare.has(`${process}.${operation}`))
    .flatMap((operation) => [stepOf(process, 'before', operation), stepOf(process, 'after', operation)]),
)

/** Whether it is found only by what goes to Redis as the bus. */
export const isBusStep = (step: string): boolean => step.includes('.bus.')

export const isFaultyProcess = (name: string): name is FaultyProcess => Object.hasOwn(operations, name)
