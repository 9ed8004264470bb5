import type { Handlers } from '@portico/service-kit'
import { refundByOrder } from './refunding.ts'
import { type Desk, pay } from './settling.ts'

/** What payment-service does on what it hears; the attempt's key and the refund's id make each have its effect once. */
export function createHandlers(desk: Desk): Pick<Handlers, 'order_placed' | 'refund_requested'> {
  return {
    order_placed: (event) => pay(desk, event),
    refund_requested: (event) => refundByOrder(desk, event),
  }
}
