import mysql from 'mysql2'
import type { Pass } from './passage.ts'
import { createTransactions } from './sql.ts'

type Query = (this: object, statement: unknown, ...rest: unknown[]) => unknown

/** Commits of order-service, and the mark on what was published. */
export function watchMysql(pass: Pass): void {
  const transactionOf = createTransactions()
  const { prototype } = (mysql as unknown as { Connection: { prototype: { query: Query } } }).Connection
  const query = prototype.query
  prototype.query = function (statement, ...rest) {
    const operation = typeof statement === 'string' ? transactionOf(this).operationOf(statement) : undefined
    const done = rest.at(-1)
    if (operation === undefined || typeof done !== 'function') return query.call(this, statement, ...rest)
    pass('before', operation)
    const passing = (...results: unknown[]) => {
      if (!results[0]) pass('after', operation)
      done(...results)
    }
    return query.call(this, statement, ...rest.slice(0, -1), passing)
  }
}
