/**
 * How the drivers of the four datastores (mysql2, pg, mongodb, ioredis) say that their server can't be reached, is
 * starting or is going away. None has one class for it, so this is a list of what they say.
 */
const codes: ReadonlySet<unknown> = new Set([
  // Node: the connection itself.
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'ERR_STREAM_DESTROYED'],
  // MySQL and MariaDB: lost, shutting down, too many connections.
  ...['PROTOCOL_CONNECTION_LOST', 'PROTOCOL_SEQUENCE_TIMEOUT', 'ER_SERVER_SHUTDOWN', 'ER_CON_COUNT_ERROR'],
  ...['ER_CONNECTION_KILLED', 'ER_NORMAL_SHUTDOWN', 'ER_NEW_ABORTING_CONNECTION'],
  // PostgreSQL (appendix A): connection exceptions, too many connections, shutting down, crashed, starting.
  ...['08000', '08001', '08003', '08004', '08006', '53300', '57P01', '57P02', '57P03'],
])

const names: ReadonlySet<string> = new Set([
  ...['MongoNetworkError', 'MongoNetworkTimeoutError', 'MongoServerSelectionError', 'MongoPoolClearedError'],
  ...['MongoNotConnectedError', 'MongoTopologyClosedError', 'PoolClearedOnNetworkError'],
  'MaxRetriesPerRequestError',
])

const messages: readonly RegExp[] = [
  /^Connection terminated/, // pg, in the middle of a query
  /^timeout exceeded when trying to connect$/, // pg-pool
  /^Client (has encountered a connection error|was closed)/, // pg, a query after it
  /in closed state$/, // mysql2, a query after it
  /^Connection is closed\.$|^Command timed out$/, // ioredis
  /^(LOADING|MASTERDOWN) /, // Redis, reading its file after a start
]

const DEEPEST = 5

/** Whether an error, or what caused it, means that a datastore does not answer now: the same may work later. */
export function isDatastoreDown(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > DEEPEST) return false
  const { code, cause } = error as Error & { code?: unknown }
  const itself = codes.has(code) || names.has(error.name) || messages.some((message) => message.test(error.message))
  return itself || isDatastoreDown(cause, depth + 1)
}
