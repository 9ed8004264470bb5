/** Whether the server at this URL answers as one that is ready, logged in where it takes a password; within a second. */
export async function isReady(url: string): Promise<boolean> {
  const probe = probes[new URL(url).protocol]
  if (probe === undefined) return false
  try {
    await probe(url)
    return true
  } catch {
    return false
  }
}

const timeoutMs = 1000

// A driver is loaded when its first server is asked, since all of them together take half a second.
const probes: Readonly<Record<string, (url: string) => Promise<void>>> = {
  async 'http:'(url) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
    await answer.arrayBuffer()
    if (!answer.ok) throw new Error(`answered ${answer.status}`)
  },
  async 'mongodb:'(url) {
    const { MongoClient } = await import('mongodb')
    const client = new MongoClient(url, { serverSelectionTimeoutMS: timeoutMs, connectTimeoutMS: timeoutMs })
    await client
      .db('admin')
      .command({ ping: 1 })
      .finally(() => client.close())
  },
  async 'postgres:'(url) {
    const { default: pg } = await import('pg')
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
    })
    client.on('error', () => {})
    await client.connect()
    await client.query('SELECT 1').finally(() => client.end())
  },
  async 'mysql:'(url) {
    const { createConnection } = await import('mysql2/promise')
    const connection = await createConnection({ uri: url, connectTimeout: timeoutMs })
    connection.on('error', () => {})
    await connection.query({ sql: 'SELECT 1', timeout: timeoutMs }).finally(() => connection.destroy())
  },
  async 'amqp:'(url) {
    const { connect } = await import('amqplib')
    // A broker that is just starting may take a connection and say nothing more.
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(new Error('no answer in time')), timeoutMs)
    const opening = connect(url, { timeout: timeoutMs })
    const connection = await Promise.race([opening, late.promise]).finally(() => clearTimeout(timer))
    await connection.close()
  },
  async 'nats:'(url) {
    const { connect } = await import('@nats-io/transport-node')
    const { jetstreamManager } = await import('@nats-io/jetstream')
    const { host, username, password } = new URL(url)
    const login = username ? { user: username, pass: password } : {}
    const connection = await connect({ servers: host, ...login, reconnect: false, timeout: timeoutMs })
    // It answers once it has read back what it keeps.
    await jetstreamManager(connection, { timeout: timeoutMs }).finally(() => connection.close())
  },
  async 'redis:'(url) {
    const { Redis } = await import('ioredis')
    const client = new Redis(url, {
      lazyConnect: true,
      connectTimeout: timeoutMs,
      commandTimeout: timeoutMs,
      retryStrategy: () => null,
    })
    client.on('error', () => {})
    await client.connect()
    await client.ping().finally(() => client.disconnect())
  },
}
