import { books } from './checks/books.ts'
import { chargesOf } from './checks/charges.ts'
import { everyOrder } from './checks/orders.ts'
import { stock } from './checks/stock.ts'
import type { Violation } from './checks/violation.ts'
import type { Evidence } from './evidence/evidence.ts'
import type { Journal } from './journal.ts'

/** Every way in which what the datastores say differs from what was promised to those outside. Empty: it was kept. */
export function check(journal: Pick<Journal, 'purchases' | 'unclear'>, evidence: Evidence): Violation[] {
  return [
    ...[...journal.unclear].map(([request, last]) => ({ kind: 'no clear answer', what: `${request}: ${last}` })),
    ...evidence.unfinished.map((what) => ({ kind: 'unfinished', what })),
    ...everyOrder(journal.purchases, evidence),
    ...chargesOf(journal.purchases, evidence),
    ...books(evidence),
    ...stock(evidence),
  ]
}
