import { LIVE_ORDERS_PATH } from '@portico/contracts'
import {
  AppError,
  createWebSocketEndpoint,
  type Log,
  type Metrics,
  pathsOf,
  sendProblem,
  type TicketVerifier,
  type WebSocketEndpoint,
  type WebSocketLimits,
} from '@portico/service-kit'
import type { Hono } from 'hono'
import type { LiveOrders } from './live.ts'
import type { Db } from './store/database.ts'
import { takeTicket } from './store/tickets.ts'

export interface LiveEndpointOptions {
  readonly db: Db
  readonly live: LiveOrders
  readonly tickets: TicketVerifier
  readonly log: Log
  readonly metrics: Metrics
  readonly limits?: Partial<WebSocketLimits>
}

/**
 * `/v1/orders/live?ticket=…&lastEventId=…`: opened by a ticket, once; then it only listens. It closes when the access
 * token expires that the ticket was issued for, so it shows nothing longer than that token would.
 */
export function createLiveEndpoint({ db, live, tickets, ...rest }: LiveEndpointOptions): WebSocketEndpoint {
  return createWebSocketEndpoint({
    ...rest,
    path: LIVE_ORDERS_PATH,
    async admit(query) {
      const ticket = await tickets(query.get('ticket') ?? '')
      if (!(await takeTicket(db, ticket))) throw new AppError('unauthenticated', 'This ticket was used before.')
      const opened = await live.prepare(ticket.userId, query.get('lastEventId'))
      return { userId: ticket.userId, until: ticket.until, opened }
    },
  })
}

/** Says to a plain request that the path is a WebSocket. */
export function explainWebSocket(app: Hono): void {
  for (const path of pathsOf(LIVE_ORDERS_PATH)) {
    app.get(path, (c) => sendProblem(c, 'upgrade_required', undefined, { headers: { upgrade: 'websocket' } }))
  }
}
