import { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Pass } from './passage.ts'
import type { Operation } from './steps.ts'

/** Commits of the sandbox provider's ledger. */
export function watchSqlite(pass: Pass): void {
  let operation: Operation | undefined
  const run = StatementSync.prototype.run
  StatementSync.prototype.run = function (...values) {
    if (this.sourceSQL.startsWith('insert into charge')) operation = 'charge.commit'
    if (this.sourceSQL.startsWith('insert into refund')) operation = 'refund.commit'
    return Reflect.apply(run, this, values)
  }
  const exec = DatabaseSync.prototype.exec
  DatabaseSync.prototype.exec = function (statement) {
    const committed = statement === 'commit' ? operation : undefined
    operation = undefined
    if (committed === undefined) return exec.call(this, statement)
    pass('before', committed)
    exec.call(this, statement)
    pass('after', committed)
  }
}
