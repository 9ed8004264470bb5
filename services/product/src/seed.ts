import { AppError, EnvironmentError, readEnvironment } from '@portico/service-kit'
import { databaseEnvironment } from './config.ts'
import { demoCatalogue } from './demo-catalogue.ts'
import { insertProduct } from './store/catalogue.ts'
import { type Db, openDatabase } from './store/database.ts'

const STOCK_OF_EACH = 1000
/** Drawn for this catalogue; storefront serves them. */
const pictureOf = (sku: string): string => `/pictures/${sku}.svg`

/** Puts in what of the demo catalogue is not there yet, by SKU. @returns how many products that were */
export async function seed(db: Db): Promise<number> {
  const there = await db.selectFrom('product').select('sku').execute()
  const known = new Set(there.map(({ sku }) => sku))
  let added = 0
  for (const { amount, ...product } of demoCatalogue) {
    if (known.has(product.sku)) continue
    try {
      const described = { ...product, price: { amount, currency: 'EUR' }, imageUrl: pictureOf(product.sku) }
      await db.transaction().execute((tx) => insertProduct(tx, described, STOCK_OF_EACH))
      added += 1
    } catch (error) {
      // Somebody else seeds at the same time.
      if (!(error instanceof AppError && error.code === 'sku_taken')) throw error
    }
  }
  return added
}

if (import.meta.main) {
  try {
    const db = await openDatabase(readEnvironment(databaseEnvironment).POSTGRES_URL)
    const added = await seed(db)
    await db.destroy()
    console.log(added > 0 ? `${added} products added to the catalogue.` : 'The demo catalogue is there already.')
  } catch (error) {
    console.error(
      error instanceof EnvironmentError
        ? error.message
        : `The catalogue could not be seeded: ${error instanceof Error ? error.message : error}`,
    )
    process.exitCode = 1
  }
}
