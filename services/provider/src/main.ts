import { createLog, Lifecycle, run, serve } from '@portico/service-kit'
import { createProviderApp } from './app.ts'
import { readConfig } from './config.ts'
import { openLedger } from './ledger.ts'

await run('provider', async () => {
  const config = readConfig()
  const log = createLog('provider', config.LOG_LEVEL)
  const lifecycle = new Lifecycle()
  const ledger = openLedger(config.PROVIDER_DATA_DIR)
  const app = createProviderApp({
    ledger,
    secret: config.PROVIDER_SECRET,
    slowMs: config.PROVIDER_SLOW_MS,
    log,
    stopping: lifecycle.stopping,
  })
  const closing = [{ name: 'ledger', close: ledger.close }]
  serve({ app, host: config.HOST, port: config.PORT, log, closing }, lifecycle)
})
