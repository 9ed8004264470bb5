import { type Principal, userIdOf } from '@portico/service-kit'
import type { Context } from 'hono'
import type { PlacedOrder } from './orders.ts'

/** Reports that an admin reads a customer's order. */
export function reportRead(c: Context, principal: Principal, { id, customerId }: PlacedOrder): void {
  const facts = { actor: userIdOf(principal), userId: customerId, orderId: id }
  c.get('security').reportRead(c, 'order.read', facts)
}
