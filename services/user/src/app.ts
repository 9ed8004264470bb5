import { readKeys, userRoutes as routes } from '@portico/contracts'
import { createApp, createMetrics, implement, type Log } from '@portico/service-kit'
import type { Hono } from 'hono'
import { createOwnAuthentication, readAccessToken } from './authentication.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { userRoutes } from './routes/users.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { Database } from './store/database.ts'
import { createTokenIssuer } from './tokens.ts'

export interface UserAppOptions {
  readonly db: Database
  readonly keys: () => Promise<SigningKeys>
  readonly issuer: string
  readonly audience: string
  readonly log: Log
  readonly accepting?: () => boolean
  readonly maxInFlight?: number
}

export function createUserApp({
  db,
  keys,
  issuer,
  audience,
  log,
  accepting = () => true,
  maxInFlight,
}: UserAppOptions): Hono {
  const names = { issuer, audience }
  const authentication = createOwnAuthentication(keys, names)
  const app = createApp({
    service: 'user',
    version: '1.0.0',
    log,
    metrics: createMetrics('user'),
    routes,
    required: { mongodb: db.ping },
    accepting,
    maxInFlight,
  })
  sessionRoutes(app, { db, tokens: createTokenIssuer(keys, names), authentication })
  userRoutes(app, {
    db,
    authentication,
    sessionOf: async (authorization) =>
      (await readAccessToken(authorization.replace(/^Bearer +/i, ''), keys, names)).sid,
  })
  implement(app, authentication, readKeys, async () => ({
    status: 200,
    body: { keys: (await keys()).jwks.keys.map((key) => ({ ...key })) },
    headers: { 'cache-control': 'public, max-age=60' },
  }))
  return app
}
