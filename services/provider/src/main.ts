import { createLog, EnvironmentError, Lifecycle, run, serve } from '@portico/service-kit'
import { createProviderApp } from './app.ts'
import { readConfig } from './config.ts'
import { openLedger } from './ledger.ts'
import { type Receiver, startSending } from './sending.ts'

await run('provider', async () => {
  const config = readConfig()
  const log = createLog('provider', config.LOG_LEVEL)
  const lifecycle = new Lifecycle()
  const receiver = readReceiver(config)
  const policy = { delayMs: config.PROVIDER_WEBHOOK_DELAY_MS, duplicateEvery: config.PROVIDER_WEBHOOK_DUPLICATES }
  const ledger = openLedger(config.PROVIDER_DATA_DIR, receiver && policy)
  const sending = receiver && ledger.webhooks && startSending(ledger.webhooks, receiver, log)
  const app = createProviderApp({
    ledger,
    secret: config.PROVIDER_SECRET,
    slowMs: config.PROVIDER_SLOW_MS,
    log,
    stopping: lifecycle.stopping,
  })
  const closing = [
    { name: 'webhooks', close: () => sending?.close() },
    { name: 'ledger', close: ledger.close },
  ]
  serve({ app, host: config.HOST, port: config.PORT, log, closing }, lifecycle)
})

/** @throws EnvironmentError where webhooks have a place to go and nothing to sign them with */
function readReceiver(config: ReturnType<typeof readConfig>): Receiver | undefined {
  const { PROVIDER_WEBHOOK_URL: url, PROVIDER_WEBHOOK_SECRET: secret } = config
  if (url && !secret) throw new EnvironmentError('PROVIDER_WEBHOOK_URL needs a PROVIDER_WEBHOOK_SECRET.')
  return url && secret ? { url, secret } : undefined
}
