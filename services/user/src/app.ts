import { readKeys, userRoutes as routes } from '@portico/contracts'
import { createApp, createMetrics, Gauge, implement, type Log } from '@portico/service-kit'
import type { Hono } from 'hono'
import { createOwnAuthentication, readAccessToken, type TokenOf } from './authentication.ts'
import { createPasswords, type Passwords } from './passwords.ts'
import { adminRoutes } from './routes/admin.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { userRoutes } from './routes/users.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { Database } from './store/database.ts'
import { defaultLifetime, type SessionLifetime } from './store/sessions.ts'
import { createTokenIssuer } from './tokens.ts'

const JWKS_SECONDS = 5

export interface UserAppOptions {
  readonly db: Database
  readonly keys: () => Promise<SigningKeys>
  readonly issuer: string
  readonly audience: string
  readonly log: Log
  readonly passwords?: Passwords
  readonly lifetime?: SessionLifetime
  readonly accepting?: () => boolean
  readonly maxInFlight?: number
}

export function createUserApp({
  db,
  keys,
  issuer,
  audience,
  log,
  passwords = createPasswords(),
  lifetime = defaultLifetime,
  accepting = () => true,
  maxInFlight,
}: UserAppOptions): Hono {
  const names = { issuer, audience }
  const authentication = createOwnAuthentication(keys, names)
  const metrics = createMetrics('user')
  const app = createApp({
    service: 'user',
    version: '1.0.0',
    log,
    metrics,
    routes,
    required: { mongodb: db.ping },
    accepting,
    maxInFlight,
  })
  new Gauge({
    name: 'password_hashes_waiting',
    help: 'Passwords that wait to be hashed',
    registers: [metrics.registry],
    collect() {
      this.set(passwords.waiting)
    },
  })
  const tokenOf: TokenOf = (authorization) => readAccessToken(authorization.replace(/^Bearer +/i, ''), keys, names)
  const shared = { db, passwords, authentication, tokenOf }
  sessionRoutes(app, { ...shared, lifetime, tokens: createTokenIssuer(keys, names) })
  userRoutes(app, shared)
  adminRoutes(app, shared)
  implement(app, authentication, readKeys, async () => ({
    status: 200,
    body: { keys: (await keys()).jwks.keys.map((key) => ({ ...key })) },
    // Services read it again this often: so long a revoked key stays trusted by them.
    headers: { 'cache-control': `public, max-age=${JWKS_SECONDS}` },
  }))
  return app
}
