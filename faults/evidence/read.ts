import { serviceUrl } from '../../scripts/datastores/service-account.ts'
import type { Victim } from '../shop.ts'
import type { Evidence } from './evidence.ts'
import { readLedger } from './ledger.ts'
import { readOrders } from './orders.ts'
import { readPayments } from './payments.ts'
import { readProducts } from './products.ts'

/** Reads everything that the promise is checked by. What is written meanwhile may show in one place and not yet in
 *  another: only a shop at rest is judged by it. */
export async function readEvidence(victim: Victim): Promise<Evidence> {
  const [orders, products, payments, bus] = await Promise.all([
    readOrders(serviceUrl(victim.datastore('mysql'), 'order')),
    readProducts(serviceUrl(victim.datastore('postgres'), 'product')),
    readPayments(victim.datastore('redis-payment')),
    victim.bus.unfinished(),
  ])
  return {
    ...orders,
    ...products,
    ...payments,
    ledger: readLedger(victim.home.data('provider')),
    unfinished: [...orders.unfinished, ...products.unfinished, ...payments.unfinished, ...bus],
  }
}
