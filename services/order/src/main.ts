import { LIVE_ORDERS_AUDIENCE, orderRoutes } from '@portico/contracts'
import {
  announceOverTcp,
  callSettings,
  connectEventBus,
  connectTcp,
  createAccessTokenVerifier,
  createAuthentication,
  createCaller,
  createLog,
  createMetrics,
  createServiceTokens,
  createTcpServer,
  createTicketVerifier,
  createTrail,
  every,
  Lifecycle,
  openKeySet,
  registrationOf,
  retry,
  run,
  serve,
  startConsumers,
  startOutboxRelay,
} from '@portico/service-kit'
import { cleanUp, createOutbox } from '@portico/service-kit/mysql'
import { createOrderApp } from './app.ts'
import { expireOrders } from './changing.ts'
import { orderLimits, readConfig } from './config.ts'
import { createHandlers } from './events.ts'
import { createLiveOrders } from './live.ts'
import { createLiveEndpoint } from './live-endpoint.ts'
import { connectStock } from './stock.ts'
import { openDatabase } from './store/database.ts'
import { forgetAnswers } from './store/idempotency.ts'
import { forgetTickets } from './store/tickets.ts'

const EXPIRE_EVERY_MS = 10_000
const CLEAN_UP_EVERY_MS = 60_000

await run('order', async () => {
  const config = readConfig()
  const log = createLog('order', config.LOG_LEVEL)
  const metrics = createMetrics('order')
  const lifecycle = new Lifecycle()
  const db = await retry(() => openDatabase(config.MYSQL_URL), { attempts: 10, firstMs: 100, maxMs: 1000 })
  const tokens = createServiceTokens('order', {
    calls: { product: config.SERVICE_SECRET_ORDER_PRODUCT, events: config.SERVICE_SECRET_ORDER_EVENTS },
    calledBy: { payment: config.SERVICE_SECRET_PAYMENT_ORDER, product: config.SERVICE_SECRET_PRODUCT_ORDER },
  })
  const listener = config.EVENTS_TCP_URL === undefined ? undefined : connectTcp(config.EVENTS_TCP_URL, log)
  const broker = await connectEventBus(config.EVENT_BUS_URL, log, { maxAttempts: config.EVENT_MAX_ATTEMPTS })
  const bus = listener ? announceOverTcp(broker, listener, tokens) : broker
  const relay = startOutboxRelay({ topic: 'order', outbox: createOutbox(db), bus, log, metrics })
  const live = createLiveOrders(db, log)
  const published = () => {
    relay.wake()
    live.wake()
  }
  const consumers = await startConsumers({
    service: 'order',
    bus,
    handlers: createHandlers(db, published, log),
    log,
    metrics,
  })
  const expiry = every(EXPIRE_EVERY_MS, () => expireOrders(db, createTrail(log)), log, 'unpaid orders')
  const cleanAll = () => Promise.all([cleanUp(db), forgetTickets(db), forgetAnswers(db)])
  const cleaning = every(CLEAN_UP_EVERY_MS, cleanAll, log, 'old messages')
  const keys = openKeySet(config, { log })
  const call = createCaller('product', callSettings('PRODUCT', config), { log, metrics })
  const app = createOrderApp({
    db,
    holdStock: connectStock(config.PRODUCT_URL, { call, tokens, log }),
    published,
    limits: orderLimits(config),
    authentication: createAuthentication({
      accessToken: createAccessTokenVerifier(config, keys),
      serviceTokens: tokens,
    }),
    log,
    metrics,
    bus: bus.ping,
    deadLetters: bus.deadLetters,
    accepting: lifecycle.accepting,
    maxInFlight: config.MAX_IN_FLIGHT,
  })
  const tcp = createTcpServer({
    app,
    routes: orderRoutes,
    events: consumers.handle,
    serviceTokens: tokens,
    log,
    metrics,
  })
  if (config.TCP_PORT !== undefined) await tcp.listen(config.HOST, config.TCP_PORT)
  const closing = [
    { name: 'tcp', close: tcp.close },
    { name: 'consumers', close: consumers.close },
    { name: 'live orders', close: live.close },
    { name: 'sweeps', close: () => Promise.all([expiry.close(), cleaning.close()]) },
    { name: 'relay', close: relay.close },
    { name: 'bus', close: () => Promise.all([bus.close(), listener?.close()]) },
    { name: 'mysql', close: () => db.destroy() },
  ]
  const tickets = createTicketVerifier(config, LIVE_ORDERS_AUDIENCE, keys)
  const webSockets = createLiveEndpoint({ db, live, tickets, log, metrics })
  const registration = registrationOf('order-service', config)
  serve({ app, host: config.HOST, port: config.PORT, log, registration, webSockets, closing }, lifecycle)
})
