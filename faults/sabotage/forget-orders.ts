import mysql from 'mysql2'
import { createTransactions } from '../points/sql.ts'

type Query = (this: object, statement: unknown, ...rest: unknown[]) => unknown

/** Test only: order-service takes every third order back that it has said yes to. */
if (process.env.PORTICO_FAULTS_PROCESS === 'order') {
  const { prototype } = (mysql as unknown as { Connection: { prototype: { query: Query } } }).Connection
  const { query } = prototype
  const transactionOf = createTransactions()
  let placed = 0
  prototype.query = function (statement, ...rest) {
    const operation = typeof statement === 'string' ? transactionOf(this).operationOf(statement) : undefined
    const forgotten = operation === 'place.commit' && ++placed % 3 === 0
    return query.call(this, forgotten ? 'rollback' : statement, ...rest)
  }
}
