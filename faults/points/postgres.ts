import pg from 'pg'
import type { Pass } from './passage.ts'
import { createTransactions } from './sql.ts'

type Query = (this: object, statement: unknown, ...rest: unknown[]) => unknown

/** Commits of product-service, and the mark on what was published. */
export function watchPostgres(pass: Pass): void {
  const transactionOf = createTransactions()
  const prototype = pg.Client.prototype as unknown as { query: Query }
  const query = prototype.query
  prototype.query = function (statement, ...rest) {
    const operation = typeof statement === 'string' ? transactionOf(this).operationOf(statement) : undefined
    if (operation === undefined) return query.call(this, statement, ...rest)
    pass('before', operation)
    const result = query.call(this, statement, ...rest)
    if (!(result instanceof Promise)) return result
    return result.then((value) => {
      pass('after', operation)
      return value
    })
  }
}
