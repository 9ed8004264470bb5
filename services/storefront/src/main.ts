import {
  callSettings,
  createAccessTokenVerifier,
  createAuthentication,
  createCaller,
  createLog,
  createMetrics,
  Lifecycle,
  openKeySet,
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
  const metrics = createMetrics('storefront')
  const sessionCalls = createCaller('sessions', callSettings('SESSIONS', config), { log, metrics })
  const operations = planOperations(config)
  const watching = operations.memory.watch(log)
  const app = createStorefrontApp({
    parts: connectParts({ orderUrl: config.ORDER_URL, userUrl: config.USER_URL }, log, { config, metrics }),
    sessions: connectSessions(config.USER_URL, sessionCalls),
    metrics,
    authentication: createAuthentication({
      accessToken: createAccessTokenVerifier(config, openKeySet(config, { log })),
    }),
    operations,
    files,
    secureCookies: config.SECURE_COOKIES,
    log,
    accepting: lifecycle.accepting,
    maxInFlight: config.MAX_IN_FLIGHT,
  })
  const registration = registrationOf('storefront', config)
  serve(
    {
      app,
      host: config.HOST,
      port: config.PORT,
      log,
      registration,
      closing: [{ name: 'traffic', close: watching.close }],
    },
    lifecycle,
  )
})
