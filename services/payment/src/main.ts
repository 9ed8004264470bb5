import {
  callSettings,
  connectEventBus,
  createAccessTokenVerifier,
  createAuthentication,
  createCaller,
  createLog,
  createMetrics,
  every,
  Gauge,
  Lifecycle,
  type Metrics,
  openKeySet,
  registrationOf,
  retry,
  run,
  serve,
  startConsumers,
  startOutboxRelay,
} from '@portico/service-kit'
import { createOutbox } from '@portico/service-kit/redis'
import { createPaymentApp } from './app.ts'
import { ChargeQueue, chargeLimits } from './charge-queue.ts'
import { readConfig } from './config.ts'
import { createHandlers } from './events.ts'
import { connectSandbox } from './sandbox-provider.ts'
import { settleDue } from './settling.ts'
import { openStore } from './store/connection.ts'
import { completeIds } from './store/payment-ids.ts'
import { countUnsettled } from './store/unsettled.ts'

const SWEEP_EVERY_MS = 1000
/** Within the time a shutdown has: a call that is open longer is given up, and made again by the next sweep. */
const GIVE_UP_MS = 2500

await run('payment', async () => {
  const config = readConfig()
  const log = createLog('payment', config.LOG_LEVEL)
  const metrics = createMetrics('payment')
  const lifecycle = new Lifecycle()
  const store = openStore(config.REDIS_URL)
  await retry(() => store.redis.ping(), { attempts: 10, firstMs: 100, maxMs: 1000 })
  await completeIds(store)
  const bus = await connectEventBus(config.EVENT_BUS_URL, log, { maxAttempts: config.EVENT_MAX_ATTEMPTS })
  const relay = startOutboxRelay({ topic: 'payment', outbox: createOutbox(store.redis, store.keys), bus, log, metrics })
  const giveUp = new AbortController()
  lifecycle.stopping.addEventListener('abort', () => setTimeout(() => giveUp.abort(), GIVE_UP_MS).unref())
  const provider = connectSandbox({
    url: config.PROVIDER_URL,
    secret: config.PROVIDER_SECRET,
    giveUp: giveUp.signal,
    within: createCaller('provider', callSettings('PROVIDER', config), { log, metrics }),
  })
  const charges = new ChargeQueue(log, { ...chargeLimits, perCustomer: config.PROVIDER_MAX_CONCURRENT_PER_CUSTOMER })
  const desk = { store, provider, log, charges, published: relay.wake }
  measureUnsettled(metrics, () => countUnsettled(store))
  const consumers = await startConsumers({ service: 'payment', bus, handlers: createHandlers(desk), log, metrics })
  const sweep = every(SWEEP_EVERY_MS, () => settleDue(desk), log, 'unsettled payments')
  const authentication = createAuthentication({
    accessToken: createAccessTokenVerifier(config, openKeySet(config, { log })),
  })
  const webhookSecrets = [config.PROVIDER_WEBHOOK_SECRET, config.PROVIDER_WEBHOOK_SECRET_PREVIOUS].filter(
    (secret) => secret !== undefined,
  )
  const { accepting } = lifecycle
  const { MAX_IN_FLIGHT: maxInFlight } = config
  const app = createPaymentApp({
    ...desk,
    authentication,
    metrics,
    webhookSecrets,
    bus: bus.ping,
    accepting,
    maxInFlight,
  })
  const closing = [
    { name: 'consumers', close: consumers.close },
    { name: 'sweep', close: sweep.close },
    { name: 'charges', close: () => charges.close() },
    { name: 'relay', close: relay.close },
    { name: 'bus', close: bus.close },
    { name: 'redis', close: () => store.redis.disconnect() },
  ]
  const registration = registrationOf('payment-service', config)
  serve({ app, host: config.HOST, port: config.PORT, log, registration, closing }, lifecycle)
})

function measureUnsettled({ registry }: Metrics, count: () => Promise<number>): void {
  new Gauge({
    name: 'payments_unsettled',
    help: 'Payments and refunds that the provider has not clearly answered yet',
    registers: [registry],
    async collect() {
      this.set(await count().catch(() => Number.NaN))
    },
  })
}
