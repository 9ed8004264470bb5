import { productRoutes } from '@portico/contracts'
import {
  announceOverTcp,
  attemptOf,
  connectEventBus,
  connectTcp,
  createAccessTokenVerifier,
  createAuthentication,
  createLog,
  createMetrics,
  createServiceTokens,
  createTcpServer,
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
import { cleanUp, createOutbox } from '@portico/service-kit/postgres'
import { createProductApp } from './app.ts'
import { readConfig, watchLimits } from './config.ts'
import { createHandlers } from './events.ts'
import { createProductGrpc } from './grpc.ts'
import { sweepEndedHolds } from './holds.ts'
import { forgetClosedAttempts } from './store/attempts.ts'
import { openDatabase } from './store/database.ts'

const SWEEP_EVERY_MS = 1000
const CLEAN_UP_EVERY_MS = 60_000

await run('product', async () => {
  const config = readConfig()
  const log = createLog('product', config.LOG_LEVEL)
  const metrics = createMetrics('product')
  const lifecycle = new Lifecycle()
  const db = await retry(() => openDatabase(config.POSTGRES_URL), { attempts: 10, firstMs: 100, maxMs: 1000 })
  const tokens = createServiceTokens('product', {
    calls: { events: config.SERVICE_SECRET_PRODUCT_EVENTS },
    calledBy: { order: config.SERVICE_SECRET_ORDER_PRODUCT },
  })
  const listener = config.EVENTS_TCP_URL === undefined ? undefined : connectTcp(config.EVENTS_TCP_URL, log)
  const broker = await connectEventBus(config.EVENT_BUS_URL, log, { maxAttempts: config.EVENT_MAX_ATTEMPTS })
  const bus = listener ? announceOverTcp(broker, listener, tokens) : broker
  const relay = startOutboxRelay({ topic: 'product', outbox: createOutbox(db), bus, log, metrics })
  const consumers = await startConsumers({
    service: 'product',
    bus,
    handlers: createHandlers(db, relay.wake),
    log,
    metrics,
  })
  const trail = createTrail(log)
  const sweepHolds = () => sweepEndedHolds(db, Date.now(), (key) => trail('hold ended', attemptOf(key)))
  const sweep = every(SWEEP_EVERY_MS, sweepHolds, log, 'ended holds')
  const forget = () => Promise.all([cleanUp(db), forgetClosedAttempts(db)])
  const cleaning = every(CLEAN_UP_EVERY_MS, forget, log, 'old messages')
  const authentication = createAuthentication({
    accessToken: createAccessTokenVerifier(config, openKeySet(config, { log })),
    serviceTokens: tokens,
  })
  const app = createProductApp({
    db,
    authentication,
    log,
    metrics,
    bus: bus.ping,
    accepting: lifecycle.accepting,
    maxInFlight: config.MAX_IN_FLIGHT,
  })
  const tcp = createTcpServer({
    app,
    routes: productRoutes,
    events: consumers.handle,
    serviceTokens: tokens,
    log,
    metrics,
  })
  if (config.TCP_PORT !== undefined) await tcp.listen(config.HOST, config.TCP_PORT)
  const grpc = createProductGrpc({
    ...{ db, authentication, log, metrics, accepting: lifecycle.accepting },
    watch: watchLimits(config),
  })
  if (config.GRPC_PORT !== undefined) await grpc.listen(config.HOST, config.GRPC_PORT)
  const closing = [
    { name: 'gRPC', close: grpc.close },
    { name: 'tcp', close: tcp.close },
    { name: 'consumers', close: consumers.close },
    { name: 'sweeps', close: () => Promise.all([sweep.close(), cleaning.close()]) },
    { name: 'relay', close: relay.close },
    { name: 'bus', close: () => Promise.all([bus.close(), listener?.close()]) },
    { name: 'postgres', close: () => db.destroy() },
  ]
  const registration = registrationOf('product-service', config)
  serve({ app, host: config.HOST, port: config.PORT, log, registration, closing }, lifecycle)
})
