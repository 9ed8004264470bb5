import { EnvironmentError, readEnvironment } from '@portico/service-kit'
import { databaseEnvironment } from './config.ts'
import { openDatabase } from './store/database.ts'
import { compareStock, type Difference } from './store/stock-books.ts'

const help = `Compares the stock of every product with its ledger of movements and the attempts that hold some of it.

  POSTGRES_URL=… npm run rebuild-stock -w services/product -- check     shows what differs, changes nothing; exit code 1
                                                                        if anything does
  POSTGRES_URL=… npm run rebuild-stock -w services/product -- rebuild   sets the stock to what the books say`

/** One product on a line. */
export function describe({ sku, stock, held, stockByLedger, heldByAttempts }: Difference): string {
  const parts = [
    ...(stock === stockByLedger ? [] : [`stock ${stock}, by the ledger ${stockByLedger}`]),
    ...(held === heldByAttempts ? [] : [`held ${held}, by the attempts ${heldByAttempts}`]),
  ]
  return `${sku}: ${parts.join('; ')}`
}

/** @returns the exit code */
async function main(action: string | undefined): Promise<number> {
  if (action !== 'check' && action !== 'rebuild') {
    const asked = action === '--help' || action === '-h'
    console[asked ? 'log' : 'error'](help)
    return asked ? 0 : 1
  }
  const db = await openDatabase(readEnvironment(databaseEnvironment).POSTGRES_URL)
  try {
    const differences = await compareStock(db, { rebuild: action === 'rebuild' })
    for (const difference of differences) console.log(describe(difference))
    if (differences.length === 0) console.log('Every stock is what its ledger says.')
    else if (action === 'rebuild') console.log(`${differences.length} products set right.`)
    else console.log(`${differences.length} products differ; "rebuild" sets them right.`)
    return action === 'check' && differences.length > 0 ? 1 : 0
  } finally {
    await db.destroy()
  }
}

if (import.meta.main) {
  try {
    process.exitCode = await main(process.argv[2])
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    console.error(error instanceof EnvironmentError ? message : `The stock could not be compared: ${message}`)
    process.exitCode = 1
  }
}
