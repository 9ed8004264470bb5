import { createLocalJWKSet, type FlattenedJWSInput, type JWSHeaderParameters, errors as joseErrors } from 'jose'
import { z } from 'zod'
import { AppError } from '../app-error.ts'
import { exchange } from '../http/exchange.ts'
import type { Log } from '../log.ts'

export interface KeySettings {
  readonly JWT_JWKS?: string | undefined
  readonly JWKS_URL?: string | undefined
}

type JwkSet = ReturnType<typeof createLocalJWKSet>

/** The public keys that access tokens and tickets are verified with. */
export interface KeySet {
  /**
   * The key that a token's header names.
   * @throws {AppError} `unavailable` when no key can be trusted, because the JWKS has not been read for too long
   * @throws {joseErrors.JWKSNoMatchingKey} when the set has no such key
   */
  find(header: JWSHeaderParameters, token: FlattenedJWSInput): ReturnType<JwkSet>
  /** A number that changes with the keys. What was verified under another number has to be verified again. */
  version(): number
  /** Reads the JWKS now. @returns whether it could be read */
  refresh(): Promise<boolean>
}

interface KeySetOptions {
  readonly log?: Log | undefined
  /** A monotonic clock, in milliseconds. */
  readonly clock?: () => number
}

const READ_TIMEOUT_MS = 1000
/** Interval between reads of the JWKS: `max-age` of the answer, within these bounds. */
const READ_EVERY_MS = { fallback: 5000, min: 1000, max: 60_000 }
/** Minimum interval between reads that unknown keys cause, so that made-up keys cannot flood user-service. */
const UNKNOWN_KEY_EVERY_MS = 1000
/**
 * How long keys stay trusted without a successful read. An access token lives as long, so an outage of user-service
 * refuses no token that is still valid; and an attacker who stops user-service keeps a revoked key alive no longer.
 */
const KEPT_MS = 15 * 60_000

const jwks = z.object({
  keys: z
    .array(z.object({ kty: z.literal('RSA'), kid: z.string().min(1), n: z.string(), e: z.string() }))
    .min(1)
    .max(16),
})

/**
 * Opens the key set: `JWT_JWKS` until the JWKS at `JWKS_URL` has been read for the first time, from then on the JWKS,
 * which is read every few seconds. With `JWT_JWKS` alone the keys never change.
 */
export function openKeySet(settings: KeySettings, options: KeySetOptions = {}): KeySet {
  const { JWT_JWKS, JWKS_URL } = settings
  const keys = new Keys(JWT_JWKS, JWKS_URL === undefined ? undefined : new URL(JWKS_URL), options)
  keys.follow()
  return keys
}

class Keys implements KeySet {
  readonly #url: URL | undefined
  readonly #log: Log | undefined
  readonly #clock: () => number
  #set: JwkSet | undefined
  #text = ''
  #version = 0
  #readAt: number
  #readEveryMs = READ_EVERY_MS.fallback
  #reading: Promise<boolean> | undefined
  #failing = false
  #unknownKeyAt = Number.NEGATIVE_INFINITY

  constructor(bootstrap: string | undefined, url: URL | undefined, options: KeySetOptions) {
    const { log, clock = () => performance.now() } = options
    this.#url = url
    this.#log = log
    this.#clock = clock
    this.#readAt = clock()
    if (bootstrap) this.#take(bootstrap)
  }

  /** Reads the JWKS now and again and again; the timer keeps no process alive. */
  follow(): void {
    if (!this.#url) return
    void this.refresh().then(() => setTimeout(() => this.follow(), this.#readEveryMs).unref())
  }

  version(): number {
    return this.#isStale() ? -1 : this.#version
  }

  async find(header: JWSHeaderParameters, token: FlattenedJWSInput): ReturnType<JwkSet> {
    if (!this.#set || this.#isStale()) await this.#refreshOnDemand()
    if (!this.#set || this.#isStale()) throw new AppError('unavailable', 'Access tokens cannot be verified right now.')
    try {
      return await this.#set(header, token)
    } catch (error) {
      if (!(error instanceof joseErrors.JWKSNoMatchingKey) || !(await this.#refreshOnDemand())) throw error
      return this.#set(header, token)
    }
  }

  refresh(): Promise<boolean> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #refreshOnDemand(): Promise<boolean> {
    const now = this.#clock()
    if (!this.#url || now - this.#unknownKeyAt < UNKNOWN_KEY_EVERY_MS) return false
    this.#unknownKeyAt = now
    return this.refresh()
  }

  async #read(): Promise<boolean> {
    if (!this.#url) return false
    try {
      const answer = await exchange(this.#url, { method: 'GET', headers: {}, timeoutMs: READ_TIMEOUT_MS })
      if (answer.status !== 200) throw new Error(`the JWKS was answered with status ${answer.status}`)
      this.#take(answer.text)
      this.#readAt = this.#clock()
      this.#readEveryMs = readEvery(answer.headers['cache-control'])
      this.#failing = false
      return true
    } catch (error) {
      if (!this.#failing) this.#log?.warn({ err: error }, 'The JWKS cannot be read. The last known keys stay in use.')
      this.#failing = true
      return false
    }
  }

  #take(text: string): void {
    const known = jwks.parse(JSON.parse(text))
    const canonical = JSON.stringify(known)
    if (canonical === this.#text) return
    this.#set = createLocalJWKSet(known)
    this.#text = canonical
    this.#version += 1
    this.#log?.info({ kids: known.keys.map(({ kid }) => kid) }, 'Access tokens are verified with these keys.')
  }

  #isStale(): boolean {
    return this.#url !== undefined && this.#clock() - this.#readAt > KEPT_MS
  }
}

function readEvery(cacheControl = ''): number {
  const { fallback, min, max } = READ_EVERY_MS
  const seconds = /(?:^|[\s,])max-age=(\d{1,9})/i.exec(cacheControl)?.[1]
  return Math.min(Math.max(seconds === undefined ? fallback : Number(seconds) * 1000, min), max)
}
