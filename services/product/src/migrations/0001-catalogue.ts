import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Products, and what the list searches and sorts by. Weights: a name counts more than a category or a description. */
export const catalogue: Migration = {
  async up(db) {
    await sql`
      create table product (
        id uuid primary key,
        sku text not null unique,
        name text not null,
        description text not null,
        category text not null,
        price_amount bigint not null check (price_amount >= 0),
        price_currency char(3) not null,
        stock integer not null check (stock >= 0),
        held integer not null default 0 check (held >= 0),
        image_url text,
        version integer not null default 1,
        retired boolean not null default false,
        updated_at timestamptz(3) not null default now(),
        check (held <= stock),
        document tsvector not null generated always as (
          setweight(to_tsvector('english', name), 'A') ||
          setweight(to_tsvector('english', category), 'B') ||
          setweight(to_tsvector('english', description), 'C')
        ) stored
      )`.execute(db)
    await sql`create index product_document on product using gin (document)`.execute(db)
    await sql`create index product_name on product (name, id) where not retired`.execute(db)
    await sql`create index product_price on product (price_amount, id) where not retired`.execute(db)
    await sql`create index product_updated on product (updated_at, id) where not retired`.execute(db)
    await sql`create index product_category on product (category) where not retired`.execute(db)
  },
}
