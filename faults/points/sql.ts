import type { Operation } from './steps.ts'

/** What a transaction is for, by the table that it writes first. */
const purposes: readonly [RegExp, string][] = [
  [/^\s*insert into [`"]?orders\b/i, 'place'],
  [/^\s*insert (ignore )?into [`"]?inbox\b/i, 'hear'],
  [/^\s*update [`"]?orders\b/i, 'change'],
  [/^\s*update [`"]?outbox\b/i, 'relay'],
  [/^\s*(with \w+ as \(\s*)?insert into [`"]?attempt\b/i, 'hold'],
]

const known: Readonly<Record<string, Operation>> = {
  place: 'place.commit',
  hear: 'hear.commit',
  change: 'change.commit',
  hold: 'hold.commit',
  relay: 'outbox.mark',
}

/** Follows the statements of one connection. */
export class Transaction {
  #purpose: string | undefined
  #open = false

  /** The operation that this statement is, if it is one with a name. */
  operationOf(statement: string): Operation | undefined {
    if (/^\s*(begin|start transaction)/i.test(statement)) {
      this.#open = true
      this.#purpose = undefined
      return undefined
    }
    if (/^\s*(commit|rollback)/i.test(statement)) {
      const purpose = this.#purpose
      this.#open = false
      this.#purpose = undefined
      return purpose !== undefined && /^\s*commit/i.test(statement) ? known[purpose] : undefined
    }
    const purpose = purposes.find(([pattern]) => pattern.test(statement))?.[1]
    if (!this.#open) return purpose === 'relay' ? 'outbox.mark' : undefined
    this.#purpose ??= purpose
    return undefined
  }
}

/** The transaction that each connection is in. */
export function createTransactions(): (connection: object) => Transaction {
  const transactions = new WeakMap<object, Transaction>()
  return (connection) => {
    const transaction = transactions.get(connection) ?? new Transaction()
    transactions.set(connection, transaction)
    return transaction
  }
}
