import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { ChargeRow } from './evidence.ts'

/** The provider's truth, from its own file. */
export function readLedger(folder: string): ChargeRow[] {
  const db = new DatabaseSync(join(folder, 'ledger.sqlite'), { readOnly: true })
  try {
    const refunds = Map.groupBy(
      db.prepare('select id, key, amount from refund').all() as { id: string; key: string; amount: number }[],
      ({ key }) => key,
    )
    const charges = db.prepare('select key, amount, outcome, refunded from charge').all()
    return (charges as unknown as Omit<ChargeRow, 'refunds'>[]).map(({ key, amount, outcome, refunded }) => ({
      key,
      amount,
      outcome,
      refunded,
      refunds: (refunds.get(key) ?? []).map(({ id, amount }) => ({ id, amount })),
    }))
  } finally {
    db.close()
  }
}
