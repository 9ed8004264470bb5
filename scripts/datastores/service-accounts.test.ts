import { readdirSync, readFileSync } from 'node:fs'
import { Redis } from 'ioredis'
import { Kysely, MysqlDialect, PostgresDialect } from 'kysely'
import { Migrator } from 'kysely/migration'
import { MongoClient } from 'mongodb'
import { createPool } from 'mysql2'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { openDatabase as openOrders } from '../../services/order/src/store/database.ts'
import { openDatabase as openProducts } from '../../services/product/src/store/database.ts'
import { openDatabase as openAccounts } from '../../services/user/src/store/database.ts'
import type { Home } from '../home.ts'
import { openSecrets } from '../secrets.ts'
import { planDatastores, type Tenants } from '../shop/datastore-specs.ts'
import { datastoreOf, tenants } from '../shop/services.ts'
import { silent, temporaryHome } from '../supervisor/stand-in.ts'
import { Supervisor } from '../supervisor/supervisor.ts'
import { mongodbScript } from './mongodb-accounts.ts'
import { databaseOf, servicePassword } from './service-account.ts'

const names = Object.values(datastoreOf)
/** The services of the shop, and another one on each server of databases. */
const more: Tenants = {
  ...tenants,
  mongodb: ['user', 'reviews'],
  postgres: ['product', 'reviews'],
  mysql: ['order', 'reviews'],
}

/** Data folders are made, and every server is started twice. */
const START_MS = 180_000

let home: Home
let remove: () => void
let servers: Awaited<ReturnType<typeof start>>

async function start(services?: Tenants) {
  const supervisor = new Supervisor(home, silent)
  const options = { noInstall: false, report: silent, log: home.log('install') }
  const plans = await planDatastores(names, home, openSecrets(home), options, services)
  await supervisor.start(Object.values(plans).flatMap(({ spec }) => spec ?? []))
  supervisor.establish()
  return { plans, stop: () => supervisor.stop() }
}

const urlOf = (name: (typeof names)[number], service: string) => servers.plans[name].urlFor(service)

/** The URL of a service with another's database in it. */
function trespass(name: (typeof names)[number], service: string, database: string): string {
  const url = new URL(urlOf(name, service))
  url.pathname = `/${database}`
  return url.href
}

async function inPostgres(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

async function inMysql(url: string, statement: string): Promise<unknown> {
  const connection = await createConnection(url)
  return (await connection.query(statement).finally(() => connection.destroy()))[0]
}

async function inMongodb<T>(url: string, work: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = new MongoClient(url)
  return await work(client).finally(() => client.close())
}

/** Migrates as another service would, whose first migration is not any of the shop's. */
async function migrate(dialect: PostgresDialect | MysqlDialect): Promise<string[]> {
  const db = new Kysely<{ review: { text: string } }>({ dialect })
  const first = { up: () => db.schema.createTable('review').addColumn('text', 'varchar(100)').execute() }
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ '0001-reviews': first }) } })
  const { error, results } = await migrator.migrateToLatest()
  await db.destroy()
  if (error) throw error
  return (results ?? []).map(({ migrationName }) => migrationName)
}

/** What a home holds whose services used the administrator's URLs. */
async function fillFormerHome(): Promise<void> {
  const { plans, stop } = await start()
  await inMysql(plans.mysql.url, 'create database portico_order')
  const orders = await openOrders(`${plans.mysql.url}portico_order`)
  await orders.insertInto('used_tickets').values({ id: 'before', expires_at: new Date() }).execute()
  const products = await openProducts(plans.postgres.url)
  await products.insertInto('attempt').values({ key: 'before', state: 'closed', expires_at: null }).execute()
  const accounts = await openAccounts(plans.mongodb.url)
  await accounts.audit.insertOne({ _id: 'before' } as never)
  await Promise.all([orders.destroy(), products.destroy(), accounts.close()])
  await stop()
}

beforeAll(async () => {
  for (const name of ['MONGODB_URL', 'POSTGRES_URL', 'MYSQL_URL', 'REDIS_URL']) vi.stubEnv(name, undefined)
  ;({ home, remove } = await temporaryHome())
  await fillFormerHome()
  servers = await start(more)
}, START_MS)

afterAll(async () => {
  await servers?.stop()
  remove()
  vi.unstubAllEnvs()
})

describe('a service', () => {
  it('finds in its own database what it stored as administrator before, and migrates it', async () => {
    const [orders, products, accounts] = await Promise.all([
      openOrders(urlOf('mysql', 'order')),
      openProducts(urlOf('postgres', 'product')),
      openAccounts(urlOf('mongodb', 'user')),
    ])
    expect(await orders.selectFrom('used_tickets').select('id').execute()).toEqual([{ id: 'before' }])
    expect(await products.selectFrom('attempt').select('key').execute()).toEqual([{ key: 'before' }])
    expect(await accounts.audit.find().toArray()).toMatchObject([{ _id: 'before' }])
    await Promise.all([orders.destroy(), products.destroy(), accounts.close()])
    const owners = `select distinct tableowner from pg_tables where schemaname = 'public'`
    expect(await inPostgres(urlOf('postgres', 'product'), owners)).toEqual([{ tableowner: 'portico_product' }])
    expect(await inPostgres(servers.plans.postgres.url, owners)).toEqual([])
  })

  it('migrates its own database beside another service of the same server', async () => {
    const pool = new pg.Pool({ connectionString: urlOf('postgres', 'reviews') })
    expect(await migrate(new PostgresDialect({ pool }))).toEqual(['0001-reviews'])
    expect(await migrate(new MysqlDialect({ pool: createPool(urlOf('mysql', 'reviews')) }))).toEqual(['0001-reviews'])
    await inMongodb(urlOf('mongodb', 'reviews'), (client) => client.db().collection('reviews').createIndex({ at: 1 }))
  })

  it('makes its schema from nothing, extensions included', async () => {
    const url = urlOf('postgres', 'reviews')
    await inPostgres(url, 'drop schema public cascade; create schema public')
    const products = await openProducts(url)
    expect(await products.selectFrom('product').selectAll().execute()).toEqual([])
    await products.destroy()
  })

  it("reads nothing in another service's database", async () => {
    const [forbidden, denied, unauthorized] = [/permission denied for database/, /denied/, /not authorized/]
    for (const database of ['portico_product', 'postgres', 'template1'])
      await expect(inPostgres(trespass('postgres', 'reviews', database), 'select 1')).rejects.toThrow(forbidden)
    await expect(inMysql(urlOf('mysql', 'reviews'), 'select * from portico_order.orders')).rejects.toThrow(denied)
    await expect(inMysql(urlOf('mysql', 'reviews'), 'select * from mysql.user')).rejects.toThrow(denied)
    await expect(inMysql(trespass('mysql', 'reviews', 'porticoXreviews'), 'select 1')).rejects.toThrow(denied)
    await inMongodb(urlOf('mongodb', 'reviews'), async (client) => {
      await expect(client.db('portico_user').collection('accounts').findOne()).rejects.toThrow(unauthorized)
      await expect(client.db('admin').collection('system.users').findOne()).rejects.toThrow(unauthorized)
    })
  })

  it('has no rights of an administrator on PostgreSQL', async () => {
    const url = urlOf('postgres', 'product')
    const [role] = await inPostgres(url, 'select * from pg_roles where rolname = current_user')
    const none = { rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolreplication: false }
    expect(role).toMatchObject({ ...none, rolbypassrls: false })
    for (const statement of [
      'create role evil',
      'create database evil',
      'alter role portico_product superuser',
      `alter role portico_reviews password 'evil'`,
      'grant portico to portico_product',
      `select pg_read_file('PG_VERSION')`,
      `copy audit to program 'cat'`,
    ])
      await expect(inPostgres(url, statement), statement).rejects.toThrow(/permission denied|must be|only roles/i)
  })

  it('has no rights of an administrator on MySQL', async () => {
    const url = urlOf('mysql', 'order')
    const grants = JSON.stringify(await inMysql(url, 'show grants'))
    expect(grants).toMatch(/GRANT USAGE ON \*\.\*/)
    expect(grants).not.toMatch(/GRANT OPTION|ALL PRIVILEGES|FILE|PROCESS|SUPER/)
    for (const statement of [
      `create user evil identified by 'evil'`,
      'create database evil',
      `grant select on portico_order.* to 'portico_reviews'@'127.0.0.1'`,
      `select 'evil' into outfile '/tmp/portico-evil'`,
      `set global max_connections = 1`,
    ])
      await expect(inMysql(url, statement), statement).rejects.toThrow(/denied/)
  })

  it('has no rights of an administrator on MongoDB', async () => {
    await inMongodb(urlOf('mongodb', 'user'), async (client) => {
      for (const database of [client.db(), client.db('admin')])
        await expect(database.command({ createUser: 'evil', pwd: 'evil', roles: ['root'] })).rejects.toThrow(
          /not authorized/,
        )
      const promotion = { grantRolesToUser: databaseOf('user'), roles: [{ role: 'root', db: 'admin' }] }
      await expect(client.db().command(promotion)).rejects.toThrow(/not authorized/)
      await expect(client.db('admin').command({ listDatabases: 1 })).rejects.toThrow(/not authorized/)
    })
  })

  it('has no rights of an administrator on Redis, and no other keys', async () => {
    const redis = new Redis(urlOf('redis-payment', 'payment'))
    onTestFinished(() => redis.disconnect())
    expect(await redis.set('portico:tries', '1')).toBe('OK')
    for (const refused of [
      redis.set('other', '1'),
      redis.eval(`return redis.call('get', KEYS[1])`, 1, 'other'),
      redis.keys('*'),
      redis.flushall(),
      redis.config('GET', '*'),
      redis.acl('LIST'),
      redis.client('LIST'),
    ])
      await expect(refused).rejects.toThrow(/NOPERM|ACL failure/)
  })
})

describe('accounts of services', () => {
  it('are made again at each start without harm', async () => {
    await servers.stop()
    servers = await start(more)
    for (const name of ['postgres', 'mysql'] as const)
      for (const service of more[name] ?? []) {
        const ask = name === 'postgres' ? inPostgres : inMysql
        await ask(urlOf(name, service), 'select 1')
      }
    for (const service of ['user', 'reviews'])
      await inMongodb(urlOf('mongodb', service), (client) => client.db().collection('any').findOne())
  })

  it('have passwords that stand in no log and on no command line', () => {
    const secrets = openSecrets(home)
    const passwords = names.flatMap((name) =>
      (more[name] ?? []).map((service) => servicePassword(secrets[name], service)),
    )
    expect(new Set([...passwords, ...Object.values(secrets)]).size).toBe(passwords.length + Object.keys(secrets).length)
    const commands = Object.values(servers.plans).map(({ spec }) => [spec?.command, ...(spec?.args ?? [])].join(' '))
    const logs = readdirSync(home.logs).map((file) => readFileSync(`${home.logs}/${file}`, 'utf8'))
    for (const password of [...passwords, ...names.map((name) => secrets[name])])
      for (const text of [...commands, ...logs]) expect(text).not.toContain(password)
  })

  it('are the same where the image of MongoDB makes them', async () => {
    const commands: [database: string, command: object][] = []
    const getSiblingDB = (name: string) => ({
      getUser: () => null,
      runCommand: (command: object) => commands.push([name, command]),
    })
    new Function('db', mongodbScript('invoices', 'password'))({ getSiblingDB })
    await inMongodb(servers.plans.mongodb.url, async (client) => {
      for (const [name, command] of commands) await client.db(name).command(command)
    })
    const url = new URL(urlOf('mongodb', 'invoices'))
    url.password = 'password'
    await inMongodb(url.href, async (client) => {
      await client.db().collection('invoices').createIndex({ at: 1 })
      await expect(client.db('portico_user').collection('accounts').findOne()).rejects.toThrow(/not authorized/)
    })
  })

  it('are never shared: a URL of the environment is refused for two services', async () => {
    vi.stubEnv('POSTGRES_URL', 'postgres://somebody@127.0.0.1/one')
    await expect(start(more)).rejects.toThrow(/POSTGRES_URL names one database, and product and reviews need one each/)
    vi.stubEnv('POSTGRES_URL', undefined)
  })
})
