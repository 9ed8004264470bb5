/** Asks the server of a URL, once; throws when it does not answer as one that is ready within three seconds: a busy machine may take two. */
type Probe = (url: string) => Promise<void>

const timeoutMs = 3000

/** Whether the server at this URL answers as one that is ready, logged in where it takes a password. */
export async function isReady(url: string): Promise<boolean> {
  return (await prepareProbe(url))()
}

/**
 * Gets ready to ask a server. Loading a driver can take longer than a server has for its answer: whoever asks several at
 * once prepares all of them before.
 */
export async function prepareProbe(url: string): Promise<() => Promise<boolean>> {
  const probe = await probes[new URL(url).protocol]?.()
  return async () => {
    try {
      await probe?.(url)
      return probe !== undefined
    } catch {
      return false
    }
  }
}

// A driver is loaded when its first server is asked, since all of them together take half a second.
const probes: Readonly<Record<string, () => Promise<Probe>>> = {
  'http:': async () => async (url) => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
    await answer.arrayBuffer()
    if (!answer.ok) throw new Error(`answered ${answer.status}`)
  },
  async 'mongodb:'() {
    const { MongoClient } = await import('mongodb')
    return async (url) => {
      const client = new MongoClient(url, { serverSelectionTimeoutMS: timeoutMs, connectTimeoutMS: timeoutMs })
      await client
        .db('admin')
        .command({ ping: 1 })
        .finally(() => client.close())
    }
  },
  async 'postgres:'() {
    const { default: pg } = await import('pg')
    return async (url) => {
      const client = new pg.Client({
        connectionString: url,
        connectionTimeoutMillis: timeoutMs,
        query_timeout: timeoutMs,
      })
      client.on('error', () => {})
      await client.connect()
      await client.query('SELECT 1').finally(() => client.end())
    }
  },
  async 'mysql:'() {
    const { createConnection } = await import('mysql2/promise')
    return async (url) => {
      const connection = await createConnection({ uri: url, connectTimeout: timeoutMs })
      connection.on('error', () => {})
      try {
        await connection.query({ sql: 'SELECT 1', timeout: timeoutMs })
        // The server logs a connection that closes without COM_QUIT as aborted.
        await connection.end()
      } finally {
        connection.destroy()
      }
    }
  },
  async 'amqp:'() {
    const { connect } = await import('amqplib')
    return async (url) => {
      // A broker that is just starting may take a connection and say nothing more.
      const late = Promise.withResolvers<never>()
      const timer = setTimeout(() => late.reject(new Error('no answer in time')), timeoutMs)
      const opening = connect(url, { timeout: timeoutMs })
      const connection = await Promise.race([opening, late.promise]).finally(() => clearTimeout(timer))
      await connection.close()
    }
  },
  async 'kafka:'() {
    const { Connection, metadataV9 } = await import('@platformatic/kafka')
    return async (url) => {
      const { hostname, port, username, password } = new URL(url)
      const connection = new Connection('portico', {
        connectTimeout: timeoutMs,
        requestTimeout: timeoutMs,
        ...(username && { sasl: { mechanism: 'PLAIN', username, password } }),
      })
      connection.on('error', () => {})
      await connection.connect(hostname, Number(port))
      try {
        const { brokers } = await metadataV9.api.async(connection, [], false)
        // Its controller has let it in.
        if (brokers.length === 0) throw new Error('there is no broker yet')
      } finally {
        await connection.close()
      }
    }
  },
  async 'nats:'() {
    const { connect } = await import('@nats-io/transport-node')
    const { jetstreamManager } = await import('@nats-io/jetstream')
    return async (url) => {
      const { host, username, password } = new URL(url)
      const login = username ? { user: username, pass: password } : {}
      const connection = await connect({ servers: host, ...login, reconnect: false, timeout: timeoutMs })
      // It answers once it has read back what it keeps.
      await jetstreamManager(connection, { timeout: timeoutMs }).finally(() => connection.close())
    }
  },
  async 'redis:'() {
    const { Redis } = await import('ioredis')
    return async (url) => {
      const client = new Redis(url, {
        lazyConnect: true,
        connectTimeout: timeoutMs,
        commandTimeout: timeoutMs,
        retryStrategy: () => null,
      })
      client.on('error', () => {})
      await client.connect()
      await client.ping().finally(() => client.disconnect())
    }
  },
}
