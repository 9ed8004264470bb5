import {
  connectEventBus,
  createAccessTokenVerifier,
  createAuthentication,
  createLog,
  createMetrics,
  every,
  Lifecycle,
  retry,
  run,
  serve,
  startConsumers,
  startOutboxRelay,
} from '@portico/service-kit'
import { createPaymentApp } from './app.ts'
import { readConfig } from './config.ts'
import { createHandlers } from './events.ts'
import { connectSandbox } from './sandbox-provider.ts'
import { settleDue } from './settling.ts'
import { createOutbox } from './store/outbox.ts'
import { openStore } from './store/payments.ts'

const SWEEP_EVERY_MS = 1000

await run('payment', async () => {
  const config = readConfig()
  const log = createLog('payment', config.LOG_LEVEL)
  const metrics = createMetrics('payment')
  const lifecycle = new Lifecycle()
  const store = openStore(config.REDIS_URL)
  await retry(() => store.redis.ping(), { attempts: 10, firstMs: 100, maxMs: 1000 })
  const bus = connectEventBus(config.EVENT_BUS_URL, log)
  const relay = startOutboxRelay({ topic: 'payment', outbox: createOutbox(store), bus, log, metrics })
  const desk = {
    store,
    provider: connectSandbox(config.PROVIDER_URL, config.PROVIDER_SECRET),
    log,
    published: relay.wake,
  }
  const consumers = await startConsumers({ service: 'payment', bus, handlers: createHandlers(desk), log })
  const sweep = every(SWEEP_EVERY_MS, () => settleDue(desk), log, 'unsettled payments')
  const authentication = createAuthentication({ accessToken: createAccessTokenVerifier(config) })
  const app = createPaymentApp({ ...desk, authentication, metrics, bus: bus.ping, accepting: lifecycle.accepting })
  const closing = [
    { name: 'consumers', close: consumers.close },
    { name: 'sweep', close: sweep.close },
    { name: 'relay', close: relay.close },
    { name: 'bus', close: bus.close },
    { name: 'redis', close: () => store.redis.disconnect() },
  ]
  serve({ app, host: config.HOST, port: config.PORT, log, closing }, lifecycle)
})
