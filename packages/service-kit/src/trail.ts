import type { Log } from './log.ts'

/** What a line about an order may name: ids and outcomes, but nothing about people and no amounts. */
export interface OrderStep {
  readonly orderId: string
  readonly attempt?: number | undefined
  /** The request that caused the step, also where it happens later. */
  readonly requestId?: string | null | undefined
  readonly event?: string | undefined
  readonly eventId?: string | undefined
  readonly paymentId?: string | undefined
  readonly refundId?: string | undefined
  readonly webhookId?: string | undefined
  /** How the step ended: `applied`, `duplicate`, `captured`, … */
  readonly outcome?: string | undefined
  /** What it changed. */
  readonly effect?: string | undefined
  readonly status?: string | undefined
  /** Of a refusal. */
  readonly code?: string | undefined
  readonly ms?: number | undefined
}

/** Writes one line for one step of an order. */
export type Trail = (message: string, step: OrderStep) => void

/** Logs the steps of orders; `npm run logs -- --order ID` puts those of all services in order of time. */
export function createTrail(log: Log): Trail {
  // No field can hold a secret, and looking for secrets would cost as much as writing the line.
  const steps = log.child({}, { redact: [] })
  return (message, step) => steps.info(step, message)
}

/** The order and the attempt that a key of the form `orderId:attempt` names. */
export function attemptOf(key: string): { readonly orderId: string; readonly attempt: number } {
  const [orderId = '', attempt] = key.split(':')
  return { orderId, attempt: Number(attempt) }
}
