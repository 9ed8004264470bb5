import { createLog, Lifecycle, registrationOf, retry, run, serve } from '@portico/service-kit'
import { createUserApp } from './app.ts'
import { readConfig } from './config.ts'
import { createPasswords } from './passwords.ts'
import { openSigningKeys } from './signing-keys.ts'
import { openDatabase } from './store/database.ts'

await run('user', async () => {
  const config = readConfig()
  const log = createLog('user', config.LOG_LEVEL)
  const lifecycle = new Lifecycle()
  const keys = openSigningKeys(config.JWT_KEYS_FILE)
  await keys()
  const db = await retry(() => openDatabase(config.MONGODB_URL), { attempts: 10, firstMs: 100, maxMs: 1000 })
  const app = createUserApp({
    db,
    keys,
    issuer: config.JWT_ISSUER,
    audience: config.JWT_AUDIENCE,
    log,
    passwords: createPasswords({
      concurrent: config.PASSWORD_HASHES_CONCURRENT,
      waiting: config.PASSWORD_HASHES_WAITING,
    }),
    lifetime: { idleDays: config.SESSION_IDLE_DAYS, maxDays: config.SESSION_MAX_DAYS },
    accepting: lifecycle.accepting,
    maxInFlight: config.MAX_IN_FLIGHT,
  })
  const closing = [{ name: 'mongodb', close: db.close }]
  const registration = registrationOf('user-service', config)
  serve({ app, host: config.HOST, port: config.PORT, log, registration, closing }, lifecycle)
})
