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
 * Writes steps of different orders, and their events into the outbox. The statement names the state that each starts
 * from, so that of two callers only one can win.
 * @returns whether all orders were still in that state; otherwise the transaction must be given up
 */
export async function takeSteps(tx: Tx, steps: readonly Step[]): Promise<boolean> {
  if (steps.length === 0) return true
  const given = steps.map(
    ({ from, to }) => sql`
      select convert(${from.id} using ascii) as id, convert(${from.status} using ascii) as was_status,
        ${from.attempt} as was_attempt, ${from.refundedAmount} as was_refunded, ${from.returning ? 1 : 0} as was_returning,
        convert(${from.paymentId} using ascii) as was_payment, ${to.status} as status, ${to.attempt} as attempt,
        ${to.refundedAmount} as refunded, ${to.returning ? 1 : 0} as returning_all, ${to.paymentId} as payment_id,
        ${to.changedAt} as changed_at`,
  )
  const { numAffectedRows } = await sql`
    update orders join (${sql.join(given, sql` union all `)}) as step on orders.id = step.id
    set orders.status = step.status, orders.attempt = step.attempt, orders.refunded_amount = step.refunded,
      orders.returning_all = step.returning_all, orders.payment_id = step.payment_id, orders.changed_at = step.changed_at
    where orders.status = step.was_status and orders.attempt = step.was_attempt
      and orders.refunded_amount = step.was_refunded and orders.returning_all = step.was_returning
      and orders.payment_id <=> step.was_payment`.execute(tx)
  if (numAffectedRows !== BigInt(steps.length)) return false
  await noteStatuses(
    tx,
    steps.flatMap(({ notes }) => notes),
  )
  await append(tx, ...steps.flatMap(({ events }) => events))
  return true
}
