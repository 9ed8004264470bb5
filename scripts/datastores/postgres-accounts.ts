import type { Client } from 'pg'
import { databaseOf, servicePassword } from './service-account.ts'

/** Before each service had a database, product-service used the administrator's. */
const FORMERLY_IN_POSTGRES = databaseOf('product')

/**
 * Makes a database and a role for each service, or repairs what an interrupted start left.
 *
 * @param url The administrator's, of the database `postgres`.
 */
export async function makePostgresAccounts(url: string, services: readonly string[]): Promise<void> {
  const { password } = new URL(url)
  const former = await isFormerDatabase(url)
  // From template1, since a session can't rename the database that it is in.
  await connected(url, 'template1', async (client) => {
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database')
    const present = new Set(rows.map(({ datname }) => datname))
    for (const service of services) {
      const name = databaseOf(service)
      await run(client, roleStatements(service, servicePassword(password, service)))
      if (!present.has(name)) {
        if (former && name === FORMERLY_IN_POSTGRES) await movePostgresDatabase(client, name)
        else await run(client, [creation(name)])
      }
      await run(client, databaseStatements(name))
    }
    await run(client, closing)
  })
  for (const name of services.map(databaseOf)) {
    await connected(url, name, (client) => run(client, [ownershipStatement(name)]))
  }
}

/** The same as a script for psql, for the image of PostgreSQL: run when its volume is empty, and may be repeated. */
export function postgresScript(service: string, password: string): string {
  const name = databaseOf(service)
  const made = [...roleStatements(service, password), creation(name), ...databaseStatements(name), ...closing]
  const statements = [hidden, ...made, `\\connect ${name}`, ownershipStatement(name)]
  return statements.map((each) => (each.startsWith('\\') ? `${each}\n` : `${each};\n`)).join('')
}

/** The server would log a statement that fails, with the password in it. */
const hidden = 'set log_min_error_statement = panic'

const creation = (name: string) => `create database ${name} template template0 encoding 'UTF8' owner ${name}`

const roleStatements = (service: string, password: string): string[] => {
  const name = databaseOf(service)
  return [
    `do $$ begin if not exists (select from pg_roles where rolname = '${name}') then create role ${name}; end if; end $$`,
    `alter role ${name} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password '${password}'`,
  ]
}

const databaseStatements = (name: string): string[] => [`alter database ${name} owner to ${name}`, closeToPublic(name)]

const closeToPublic = (database: string): string => `revoke all on database ${database} from public`

const closing = ['postgres', 'template1'].map(closeToPublic)

/** Run in the database: gives a service the tables that the administrator made there. */
const ownershipStatement = (name: string): string => `do $$
declare foreign_table text;
begin
  for foreign_table in select tablename from pg_tables where schemaname = 'public' and tableowner <> '${name}' loop
    execute format('alter table public.%I owner to ${name}', foreign_table);
  end loop;
end $$`

async function isFormerDatabase(url: string): Promise<boolean> {
  return await connected(url, 'postgres', async (client) => {
    const { rows } = await client.query<{ found: boolean }>(
      `select to_regclass('public.kysely_migration') is not null and to_regclass('public.stock_movement') is not null as found`,
    )
    return rows[0]?.found ?? false
  })
}

/** Renames `postgres`, and puts an empty database in its place: both or neither. */
async function movePostgresDatabase(client: Client, name: string): Promise<void> {
  const spare = 'portico_spare'
  await run(client, [`drop database if exists ${spare}`, `create database ${spare} template template0`])
  await run(client, [
    'begin',
    `alter database postgres rename to ${name}`,
    `alter database ${spare} rename to postgres`,
    'commit',
  ])
}

async function run(client: Client, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await client.query(statement)
}

async function connected<T>(url: string, database: string, work: (client: Client) => Promise<T>): Promise<T> {
  const { default: pg } = await import('pg')
  const target = new URL(url)
  target.pathname = `/${database}`
  const client = new pg.Client({ connectionString: target.href })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(hidden)
    return await work(client)
  } finally {
    await client.end()
  }
}
