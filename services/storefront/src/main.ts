import {
  createAccessTokenVerifier,
  createAuthentication,
  createLog,
  Lifecycle,
  registrationOf,
  run,
  serve,
} from '@portico/service-kit'
import { planOperations } from './admin/plan.ts'
import { createStorefrontApp } from './app.ts'
import { readBuiltFiles } from './apps/files.ts'
import { readConfig } from './config.ts'
import { connectParts } from './parts.ts'
import { connectSessions } from './web-sessions/sessions.ts'

await run('storefront', async () => {
  const config = readConfig()
  const log = createLog('storefront', config.LOG_LEVEL)
  const files = readBuiltFiles(config.APPS_DIR)
  if (files.size === 0) log.warn('the apps are not built: only the API answers (npm run build -w services/storefront)')
  const lifecycle = new Lifecycle()
  const app = createStorefrontApp({
    parts: connectParts({ orderUrl: config.ORDER_URL, userUrl: config.USER_URL }, log),
    sessions: connectSessions(config.USER_URL),
    authentication: createAuthentication({ accessToken: createAccessTokenVerifier(config) }),
    operations: planOperations(config),
    files,
    log,
    accepting: lifecycle.accepting,
  })
  const registration = registrationOf('storefront', config)
  serve({ app, host: config.HOST, port: config.PORT, log, registration, closing: [] }, lifecycle)
})
