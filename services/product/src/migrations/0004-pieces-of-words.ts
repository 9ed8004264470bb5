import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Finds a piece of a name or SKU without reading every product. */
export const piecesOfWords: Migration = {
  async up(db) {
    await sql`create extension if not exists pg_trgm`.execute(db)
    await sql`create index product_name_pieces on product using gin (name gin_trgm_ops)`.execute(db)
    await sql`create index product_sku_pieces on product using gin (sku gin_trgm_ops)`.execute(db)
  },
}
