import type { Event } from '@portico/contracts'
import { append } from '@portico/service-kit/mysql'
import { sql } from 'kysely'
import type { Decision, PlacedOrder } from '../orders.ts'
import type { Tx } from './database.ts'
import { noteOf, type Occasion } from './orders.ts'
import { noteStatuses, type StatusNote } from './status-changes.ts'

/** What was decided about an order, from the state it was decided on. */
export interface Step {
  readonly from: PlacedOrder
  readonly to: PlacedOrder
  readonly notes: readonly StatusNote[]
  readonly events: readonly Event[]
}

export function stepOf(from: PlacedOrder, { change, events }: Decision, occasion: Occasion): Step {
  const { now, requestId } = occasion
  const to = { ...from, ...change, ...(change.status !== undefined && { changedAt: now }) }
  return {
    ...{ from, to },
    notes: change.status === undefined ? [] : [noteOf(to, occasion)],
    events: events.map((event) => ({ ...event, ...(requestId && { requestid: requestId }) })),
  }
}

/** Two steps of an order as one. */
export const follow = (first: Step, next: Step): Step => ({
  ...{ from: first.from, to: next.to },
  notes: [...first.notes, ...next.notes],
  events: [...first.events, ...next.events],
})

/** Writes what was decided about an order. @returns whether it was still in the state that the decision was made on */
export const apply = (tx: Tx, order: PlacedOrder, decision: Decision, occasion: Occasion): Promise<boolean> =>
  takeSteps(tx, [stepOf(order, decision, occasion)])

/**
 * Writes steps of different orders, and their events into the outbox.
 * @returns whether all orders were still in the state that was decided on; otherwise the transaction must be given up
 */
export async function takeSteps(tx: Tx, steps: readonly Step[]): Promise<boolean> {
  for (const alike of Map.groupBy(steps, shapeOf).values()) if (!(await takeAlike(tx, alike))) return false
  await noteStatuses(
    tx,
    steps.flatMap(({ notes }) => notes),
  )
  await append(tx, ...steps.flatMap(({ events }) => events))
  return true
}

/** What steps have in common that are one statement: all but the order, and the payment that it gets. */
function shapeOf({ from, to }: Step): string {
  const before = [from.status, from.attempt, from.refundedAmount, from.returning, from.paymentId]
  return JSON.stringify([before, to.status, to.attempt, to.refundedAmount, to.returning, to.changedAt])
}

/** The statement names the state that the steps start from, so that of two callers only one can win. */
async function takeAlike(tx: Tx, steps: readonly Step[]): Promise<boolean> {
  const [step] = steps
  if (!step) return true
  const { from, to } = step
  const ids = steps.map(({ to }) => to.id)
  const payments = steps.map(({ to }) => to.paymentId)
  // mysql2 writes an array as a list of its values.
  const { numAffectedRows } = await sql`
    update orders
    set status = ${to.status}, attempt = ${to.attempt}, refunded_amount = ${to.refundedAmount},
      returning_all = ${to.returning ? 1 : 0}, changed_at = ${to.changedAt},
      payment_id = elt(field(id, ${ids}), ${payments})
    where id in (${ids}) and status = ${from.status} and attempt = ${from.attempt}
      and refunded_amount = ${from.refundedAmount} and returning_all = ${from.returning ? 1 : 0}
      and payment_id <=> ${from.paymentId}`.execute(tx)
  return numAffectedRows === BigInt(steps.length)
}
