import { type LiveMessage, uuid } from '@portico/contracts'
import { type Connection, createTrail, every, type Log, type Trail } from '@portico/service-kit'
import type { Db } from './store/database.ts'
import { changesAfter, lastSequences, type StatusChange, sequenceOf } from './store/status-changes.ts'

/** How long a change made by another replica may take to be seen here. */
const LOOK_EVERY_MS = 250
/** Changes read at once; a customer who is further behind asks for their orders instead. */
const BATCH = 200

/** A connection, and the number of the last change that it was told. */
interface Listener {
  readonly connection: Connection
  told: number
}

export interface LiveOrders {
  /**
   * Where a customer's connection begins: it is told every change from now on, or from after the last one it has seen.
   * @returns how to serve the connection once it is open, which returns how to end that
   */
  prepare(customerId: string, lastEventId: string | null): Promise<(connection: Connection) => () => void>
  /** Says that something may have changed just now, so that it is told at once. */
  wake(): void
  close(): Promise<void>
}

/**
 * Tells customers of changes to their orders, whichever replica made them: the database numbers each customer's changes,
 * and a connection is told those above the number it is at. So nothing is missed and nothing told twice.
 */
export function createLiveOrders(db: Db, log: Log): LiveOrders {
  const listeners = new Set<Listener>()
  const trail = createTrail(log)
  let looking: Promise<void> | undefined
  let again = false

  const look = async (): Promise<void> => {
    const byCustomer = Map.groupBy(listeners, ({ connection }) => connection.userId)
    const last = await lastSequences(db, [...byCustomer.keys()])
    for (const [customerId, sequence] of last) {
      for (const listener of byCustomer.get(customerId) ?? []) {
        if (listener.told < sequence) await tell(db, listener, trail)
      }
    }
  }

  /** One look at a time; a wake meanwhile means another one after it. */
  const lookOnce = async (): Promise<void> => {
    if (looking) {
      again = true
      return looking
    }
    looking = look().finally(() => {
      looking = undefined
    })
    await looking
    if (!again) return
    again = false
    await lookOnce()
  }
  const sweep = every(LOOK_EVERY_MS, async () => listeners.size > 0 && lookOnce(), log, 'live orders')

  return {
    async prepare(customerId, lastEventId) {
      const { told, resync } = await startingPoint(db, customerId, lastEventId)
      return (connection) => {
        if (resync) connection.send({ type: 'resync' } satisfies LiveMessage)
        const listener = { connection, told }
        listeners.add(listener)
        return () => void listeners.delete(listener)
      }
    },
    wake: () => {
      if (listeners.size > 0) lookOnce().catch((error) => log.warn({ err: error }, 'live orders could not be read'))
    },
    close: sweep.close,
  }
}

/** After which change to begin: the one that was seen last, or what is the last now. */
async function startingPoint(
  db: Db,
  customerId: string,
  lastEventId: string | null,
): Promise<{ told: number; resync: boolean }> {
  const now = (await lastSequences(db, [customerId])).get(customerId) ?? 0
  if (lastEventId === null) return { told: now, resync: false }
  const seen = uuid.safeParse(lastEventId).success ? await sequenceOf(db, customerId, lastEventId) : undefined
  if (seen !== undefined && now - seen <= BATCH) return { told: seen, resync: false }
  return { told: now, resync: true }
}

async function tell(db: Db, listener: Listener, trail: Trail): Promise<void> {
  for (const change of await changesAfter(db, listener.connection.userId, listener.told, BATCH)) {
    if (!listener.connection.send(toMessage(change))) return
    listener.told = change.sequence
    const { orderId, status, requestId, eventId } = change
    trail('status sent over WebSocket', { orderId, status, requestId, eventId })
  }
}

function toMessage({ orderId, status, at, eventId }: StatusChange): LiveMessage {
  return { type: 'order.status', orderId, status, at: at.toISOString(), eventId }
}
