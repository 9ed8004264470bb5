import { AppError } from '@portico/service-kit'

const HOUR_MS = 3600 * 1000

/** What one customer may have under way, so that nobody keeps the catalogue sold out or tries cards for free. */
export interface OrderLimits {
  /** Orders that are pending or whose payment failed. */
  readonly openOrders: number
  /** Units in pending orders: these keep stock from others. */
  readonly heldUnits: number
  /** Attempts to pay one order, the first included. */
  readonly attemptsPerOrder: number
  /** Attempts to pay in one clock hour that have not led to a paid order. */
  readonly unpaidAttemptsPerHour: number
}

/** What a customer has under way, or would add to it. */
export interface Standing {
  readonly openOrders: number
  readonly heldUnits: number
  /** In the current hour. */
  readonly unpaidAttempts: number
}

export const nothing: Standing = { openOrders: 0, heldUnits: 0, unpaidAttempts: 0 }

export const plus = (a: Standing, b: Standing): Standing => ({
  openOrders: a.openOrders + b.openOrders,
  heldUnits: a.heldUnits + b.heldUnits,
  unpaidAttempts: a.unpaidAttempts + b.unpaidAttempts,
})

export const minus = (a: Standing, b: Standing): Standing => ({
  openOrders: a.openOrders - b.openOrders,
  heldUnits: a.heldUnits - b.heldUnits,
  unpaidAttempts: a.unpaidAttempts - b.unpaidAttempts,
})

/** The clock hour that a time is in, counted from the epoch. */
export const hourOf = (at: Date): number => Math.floor(at.getTime() / HOUR_MS)

/** @throws AppError too_many_open_orders, too_many_held_units or too_many_attempts when a standing exceeds the limits */
export function refuseExcess(standing: Standing, limits: OrderLimits, now: Date): void {
  if (standing.unpaidAttempts > limits.unpaidAttemptsPerHour) {
    const seconds = Math.ceil((HOUR_MS - (now.getTime() % HOUR_MS)) / 1000)
    throw new AppError('too_many_attempts', `Too many payment attempts in this hour. Try again in ${seconds} s.`, {
      headers: { 'retry-after': String(seconds) },
    })
  }
  if (standing.openOrders > limits.openOrders)
    throw new AppError('too_many_open_orders', `At most ${limits.openOrders} orders may wait for their payment.`)
  if (standing.heldUnits > limits.heldUnits)
    throw new AppError('too_many_held_units', `At most ${limits.heldUnits} units may be in unpaid orders.`)
}
