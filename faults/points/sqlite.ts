import { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Pass } from './passage.ts'
import type { Operation } from './steps.ts'

/** Commits of the sandbox provider's ledger: one may be of many charges and refunds. */
export function watchSqlite(pass: Pass): void {
  const operations = new Set<Operation>()
  const run = StatementSync.prototype.run
  StatementSync.prototype.run = function (...values) {
    if (this.sourceSQL.startsWith('insert into charge')) operations.add('charge.commit')
    if (this.sourceSQL.startsWith('insert into refund')) operations.add('refund.commit')
    return Reflect.apply(run, this, values)
  }
  const exec = DatabaseSync.prototype.exec
  DatabaseSync.prototype.exec = function (statement) {
    const committed = statement === 'commit' ? [...operations] : []
    operations.clear()
    for (const operation of committed) pass('before', operation)
    exec.call(this, statement)
    for (const operation of committed) pass('after', operation)
  }
}
