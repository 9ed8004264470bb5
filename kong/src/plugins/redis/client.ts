import type { Redis } from 'ioredis'
import type { Worker } from '../../exchange.ts'
import type { RedisSettings } from './settings.ts'

/** The library's client, imported when a connection is first needed: most files need none. */
let Client: typeof Redis | undefined

/** One connection to one Redis, made when it is first needed and again after it was lost. */
export class RedisClient {
  /** Which Redis it is; tells connections apart. */
  readonly name: string
  readonly #settings: RedisSettings
  #connection: Redis | undefined

  constructor(settings: RedisSettings) {
    this.#settings = settings
    this.name = nameOf(settings)
  }

  /** @throws when there is no connection within the timeout */
  async connected(): Promise<Redis> {
    Client ??= (await import('ioredis')).Redis
    const connection = this.#connection ?? this.#open(Client)
    if (connection.status === 'wait') await connection.connect()
    else if (connection.status !== 'ready') await ready(connection)
    return connection
  }

  #open(Library: typeof Redis): Redis {
    const { host, port, timeout, username, password, database, ssl, ssl_verify, server_name } = this.#settings
    const connection = new Library({
      host: host ?? '127.0.0.1',
      port,
      db: database,
      connectTimeout: timeout,
      commandTimeout: timeout,
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
      ...(username && { username }),
      ...(password && { password }),
      ...(ssl && { tls: { rejectUnauthorized: ssl_verify === true, ...(server_name && { servername: server_name }) } }),
    })
    connection.on('connect', () => connection.stream.unref())
    connection.on('error', () => connection.disconnect())
    connection.on('end', () => {
      if (this.#connection === connection) this.#connection = undefined
    })
    this.#connection = connection
    return connection
  }
}

function ready(connection: Redis): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void) => () => {
      connection.off('ready', onReady)
      connection.off('end', onEnd)
      action()
    }
    const onReady = settle(resolve)
    const onEnd = settle(() => reject(new Error('the connection to Redis was lost')))
    connection.on('ready', onReady)
    connection.on('end', onEnd)
  })
}

/** The client of a Redis, shared by all that use the same settings; it lives as long as the gateway. */
export function redisClient(worker: Worker, settings: RedisSettings): RedisClient {
  return worker.state(`redis ${nameOf(settings)}`, () => new RedisClient(settings))
}

function nameOf({ host, port, username, password, database, ssl, ssl_verify, server_name }: RedisSettings): string {
  return JSON.stringify([host, port, username, password, database, ssl, ssl_verify, server_name])
}
