import { createAccessTokenVerifier, createAuthentication, createLog, Lifecycle, run, serve } from '@portico/service-kit'
import { createStorefrontApp } from './app.ts'
import { readConfig } from './config.ts'
import { connectParts } from './parts.ts'

await run('storefront', async () => {
  const config = readConfig()
  const log = createLog('storefront', config.LOG_LEVEL)
  const lifecycle = new Lifecycle()
  const app = createStorefrontApp({
    parts: connectParts({ orderUrl: config.ORDER_URL, userUrl: config.USER_URL }, log),
    authentication: createAuthentication({ accessToken: createAccessTokenVerifier(config) }),
    log,
    accepting: lifecycle.accepting,
  })
  serve({ app, host: config.HOST, port: config.PORT, log, closing: [] }, lifecycle)
})
