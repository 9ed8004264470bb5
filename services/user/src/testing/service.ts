import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Role } from '@portico/contracts'
import { createLog, newId } from '@portico/service-kit'
import type { Hono } from 'hono'
import { exportJWK, generateKeyPair } from 'jose'
import { createUserApp, type UserAppOptions } from '../app.ts'
import { createPasswords, hashPassword } from '../passwords.ts'
import { openSigningKeys } from '../signing-keys.ts'
import { insertAccount } from '../store/accounts.ts'
import { type Database, openDatabase } from '../store/database.ts'

/** Answers have the members that the contract says; tests look at those of their route. */
export interface Body {
  readonly id: string
  readonly type: string
  readonly detail: string
  readonly email: string
  readonly name: string
  readonly role: string
  readonly disabled: boolean
  readonly accessToken: string
  readonly refreshToken: string
  readonly ticket: string
  readonly nextCursor: string | null
  readonly items: readonly Body[]
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly before: unknown
  readonly after: unknown
  readonly keys: readonly Record<string, unknown>[]
  readonly errors: readonly { readonly field: string }[]
}

interface Ask {
  readonly body?: unknown
  readonly token?: string
  /** The client's address, as the gateway sets it. */
  readonly from?: string
}

export const password = 'a good long password'
export const newEmail = () => `${randomUUID()}@Example.test`

/** A user-service on a database of its own, called without a network. */
export async function openUserService() {
  const folder = mkdtempSync(join(tmpdir(), 'portico-user-'))
  const keyFile = join(folder, 'keys.json')
  writeFileSync(keyFile, JSON.stringify({ current: 'first', keys: [await newKey('first'), await newKey('second')] }))
  const url = databaseUrl()
  const db = await openDatabase(url)
  const passwords = createPasswords()
  const lines: Record<string, unknown>[] = []
  const keep = (fields: Record<string, unknown>) => lines.push(fields)
  const log = Object.assign(createLog('test', 'silent'), { info: keep, warn: keep })
  const names = { issuer: 'https://portico.invalid', audience: 'portico' }
  const appWith = (options: Partial<UserAppOptions> = {}) =>
    createUserApp({ db, keys: openSigningKeys(keyFile), ...names, log, passwords, ...options })
  return {
    db,
    url,
    keyFile,
    passwords,
    /** The fields of what was logged, without the access log. */
    lines,
    ...callsOf(appWith(), db),
    /** The same service with other parts, such as a database that is watched. */
    with: (options: Partial<UserAppOptions>) => callsOf(appWith(options), db),
    async close() {
      await db.drop()
      await db.close()
      rmSync(folder, { recursive: true })
    },
  }
}

export type UserService = Awaited<ReturnType<typeof openUserService>>

function callsOf(app: Hono, db: Database) {
  async function call(method: string, path: string, { body, token, from }: Ask = {}) {
    const headers = {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...(from && { 'x-real-ip': from }),
    }
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await app.request(path, { method, headers, ...(body !== undefined && { body: text }) })
    const answer = await response.text()
    return { status: response.status, headers: response.headers, body: (answer ? JSON.parse(answer) : {}) as Body }
  }
  const logIn = (email: string, given = password, from?: string) =>
    call('POST', '/v1/sessions', { body: { email, password: given }, ...(from && { from }) })
  return {
    call,
    logIn,
    register: async (email = newEmail()) =>
      (await call('POST', '/v1/users', { body: { email, password, name: 'Ada' } })).body,
    refresh: (refreshToken: string) => call('POST', '/v1/sessions/refresh', { body: { refreshToken } }),
    customer: () => newAccount(db, 'customer'),
    /** A new admin, logged in. */
    async admin() {
      const account = await newAccount(db, 'admin')
      return { ...account, token: (await logIn(account.email)).body.accessToken }
    },
  }
}

/** Hashed once: registering in each test would cost more than the test. */
let passwordHash: Promise<string> | undefined

async function newAccount(db: Database, role: Role) {
  passwordHash ??= hashPassword(password)
  const account = { id: newId(), email: newEmail(), name: 'Ada', role, disabled: false, createdAt: new Date() }
  await insertAccount(db, { ...account, passwordHash: await passwordHash })
  return account
}

async function newKey(kid: string) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return { kid, createdAt: new Date().toISOString(), privateJwk: await exportJWK(privateKey) }
}

function databaseUrl(): string {
  const url = new URL(process.env.MONGODB_URL ?? '')
  url.pathname = `/test_user_${randomUUID().slice(0, 8)}`
  if (url.username) url.searchParams.set('authSource', url.searchParams.get('authSource') ?? 'admin')
  return url.href
}
