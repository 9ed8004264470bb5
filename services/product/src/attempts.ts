import type { EventOf, OrderedLine } from '@portico/contracts'

/**
 * An attempt to buy an order's lines, `orderId:attempt`, and what it has of the stock: `held` for a while, `sold`, or
 * nothing any more (`closed`). A closed attempt stays closed: an event or a hold that comes later does nothing.
 */
export type AttemptState = 'held' | 'sold' | 'closed'

/** `stock_gone`: an order_placed that finds too little in stock. */
export type Happening = 'hold' | 'confirm' | 'release' | 'order_placed' | 'stock_gone' | 'order_closed'

/**
 * What is done about the stock: `take` the lines, `keep` them as a sale, `return` what the attempt has, or nothing;
 * `refuse` tells the caller that it can't be done.
 */
export type Action = 'take' | 'keep' | 'return' | 'nothing' | 'refuse'

interface Step {
  readonly action: Action
  /** Undefined: the state stays. */
  readonly next?: AttemptState
}

/**
 * Every transition in one place. `none` is an attempt that nothing is known of. What a hold or an order_placed does to
 * a held attempt also depends on its lines: others are taken instead. A hold that has ended is forgotten (`none`).
 */
export const transitions: Readonly<Record<AttemptState | 'none', Readonly<Record<Happening, Step>>>> = {
  none: {
    hold: { action: 'take', next: 'held' },
    confirm: { action: 'refuse' },
    release: { action: 'nothing' },
    order_placed: { action: 'take', next: 'sold' },
    stock_gone: { action: 'nothing', next: 'closed' },
    order_closed: { action: 'nothing', next: 'closed' },
  },
  held: {
    hold: { action: 'take', next: 'held' },
    confirm: { action: 'keep', next: 'sold' },
    release: { action: 'return' },
    order_placed: { action: 'keep', next: 'sold' },
    stock_gone: { action: 'return', next: 'closed' },
    order_closed: { action: 'return', next: 'closed' },
  },
  sold: {
    hold: { action: 'nothing' },
    confirm: { action: 'nothing' },
    release: { action: 'refuse' },
    order_placed: { action: 'nothing' },
    stock_gone: { action: 'nothing' },
    order_closed: { action: 'return', next: 'closed' },
  },
  closed: {
    hold: { action: 'nothing' },
    confirm: { action: 'refuse' },
    release: { action: 'nothing' },
    order_placed: { action: 'nothing' },
    stock_gone: { action: 'nothing' },
    order_closed: { action: 'nothing' },
  },
}

/** How long an unconfirmed hold stands. */
export const HOLD_MS = 30_000

export const attemptKeyOf = (orderId: string, attempt: number): string => `${orderId}:${attempt}`

/** The attempt that an event is about. */
export const attemptKeyOfEvent = ({ data }: EventOf<'order_placed' | 'order_closed'>): string =>
  attemptKeyOf(data.orderId, data.attempt)

/** Whether two lists name the same products in the same quantities, in whatever order. */
export function sameLines(a: readonly OrderedLine[], b: readonly OrderedLine[]): boolean {
  return (
    a.length === b.length &&
    a.every((line) => b.some((other) => other.productId === line.productId && other.quantity === line.quantity))
  )
}
