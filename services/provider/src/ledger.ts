import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { ChargeOutcome, Money } from '@portico/contracts'
import { AppError, grouped } from '@portico/service-kit'
import { openWebhookQueue, type WebhookPolicy, type WebhookQueue } from './webhook-queue.ts'

export interface Charge {
  readonly key: string
  readonly token: string
  readonly amount: Money
  /** Told by the webhook. */
  readonly requestId?: string
}

export interface LedgerEntry {
  readonly key: string
  readonly amount: Money
  readonly refunded: Money
}

interface Row {
  readonly key: string
  readonly token: string
  readonly amount: number
  readonly currency: string
  readonly outcome: ChargeOutcome['outcome']
  readonly refunded: number
}

/** The provider's truth, durable before it is answered: what was charged and refunded, each once under its key. */
export interface Ledger {
  /** Charges, or tells what was done under this key before. @throws AppError idempotency_key_reused for other terms */
  charge(
    charge: Charge,
    outcome: ChargeOutcome['outcome'],
  ): Promise<{ readonly outcome: ChargeOutcome['outcome']; readonly first: boolean }>
  /** Refunds, or tells what was done under this id before. @throws AppError not_found, refund_too_large, idempotency_key_reused */
  refund(key: string, refundId: string, amount: Money, requestId?: string): Promise<{ readonly refunded: Money }>
  captured(): LedgerEntry[]
  /** What happened and is still to be told; undefined where nobody is told. */
  readonly webhooks: WebhookQueue | undefined
  ping(): void
  close(): void
}

/** Opens the ledger in a folder; with a policy, what happens is also queued as webhooks, in the same transaction. */
export function openLedger(folder: string, policy?: WebhookPolicy): Ledger {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const db = new DatabaseSync(join(folder, 'ledger.sqlite'))
  db.exec(`
    pragma journal_mode = wal;
    pragma synchronous = full;
    create table if not exists charge (
      key text primary key, token text not null, amount integer not null, currency text not null,
      outcome text not null, refunded integer not null default 0, check (refunded between 0 and amount)
    ) strict;
    create table if not exists refund (
      id text primary key, key text not null references charge (key), amount integer not null, currency text not null
    ) strict;
  `)
  const findCharge = db.prepare('select * from charge where key = ?')
  const insertCharge = db.prepare('insert into charge (key, token, amount, currency, outcome) values (?, ?, ?, ?, ?)')
  const findRefund = db.prepare('select * from refund where id = ?')
  const insertRefund = db.prepare('insert into refund (id, key, amount, currency) values (?, ?, ?, ?)')
  const addRefund = db.prepare('update charge set refunded = refunded + ? where key = ? and refunded + ? <= amount')
  const allCaptured = db.prepare("select * from charge where outcome = 'captured' order by rowid")

  const atomically = createTransactions(db)
  const webhooks = policy && openWebhookQueue(db, policy)
  const chargeOf = (key: string) => findCharge.get(key) as Row | undefined

  return {
    charge: ({ key, token, amount, requestId }, outcome) =>
      atomically(() => {
        const known = chargeOf(key)
        if (!known) {
          insertCharge.run(key, token, amount.amount, amount.currency, outcome)
          webhooks?.add({ type: outcome === 'captured' ? 'charge.captured' : 'charge.failed', key, requestId })
          return { outcome, first: true }
        }
        if (known.token !== token || known.amount !== amount.amount || known.currency !== amount.currency) {
          throw new AppError('idempotency_key_reused')
        }
        return { outcome: known.outcome, first: false }
      }),
    refund: (key, refundId, { amount, currency }, requestId) =>
      atomically(() => {
        const charge = chargeOf(key)
        if (charge?.outcome !== 'captured') throw new AppError('not_found')
        const known = findRefund.get(refundId) as { key: string; amount: number; currency: string } | undefined
        if (known) {
          if (known.key !== key || known.amount !== amount || known.currency !== currency)
            throw new AppError('idempotency_key_reused')
          return { refunded: { amount: charge.refunded, currency } }
        }
        if (charge.currency !== currency || addRefund.run(amount, key, amount).changes === 0)
          throw new AppError('refund_too_large')
        insertRefund.run(refundId, key, amount, currency)
        webhooks?.add({ type: 'charge.refunded', key, refundId, requestId })
        return { refunded: { amount: charge.refunded + amount, currency } }
      }),
    captured: () =>
      (allCaptured.all() as unknown as Row[]).map(({ key, amount, refunded, currency }) => ({
        key,
        amount: { amount, currency },
        refunded: { amount: refunded, currency },
      })),
    webhooks,
    ping: () => void findCharge.get(''),
    close: () => db.close(),
  }
}

type Outcome = { readonly result: unknown } | { readonly refusal: AppError }

/**
 * Runs work in a transaction that is durable before the work is answered: one for all that comes at about the same time.
 * Work must refuse (by an AppError) before it writes, and is refused alone; any other failure undoes the group.
 */
function createTransactions(db: DatabaseSync): <T>(work: () => T) => Promise<T> {
  const outcomeOf = (work: () => unknown): Outcome => {
    try {
      return { result: work() }
    } catch (error) {
      if (error instanceof AppError) return { refusal: error }
      throw error
    }
  }
  const group = grouped<() => unknown, Outcome>(async (works) => {
    db.exec('begin immediate')
    try {
      const outcomes = works.map(outcomeOf)
      db.exec('commit')
      return outcomes
    } catch (error) {
      db.exec('rollback')
      throw error
    }
  })
  return async <T>(work: () => T) => {
    const outcome = await group(work)
    if ('refusal' in outcome) throw outcome.refusal
    return outcome.result as T
  }
}
