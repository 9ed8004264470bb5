import { type AccessToken, readAccessToken, type WebSession } from './access-token.ts'
import { send } from './http.ts'
import { ApiError, mayPass } from './problem.ts'
import { type TabChannel, tabChannel } from './tab-channel.ts'

/**
 * `restoring`: it is being looked up whether somebody is signed in. `unreachable`: somebody was, and the service that
 * knows does not answer.
 */
export type SessionState =
  | { readonly status: 'signed-out' | 'restoring' | 'unreachable' }
  | { readonly status: 'signed-in'; readonly token: AccessToken }

/** Every change of a session needs it: a page of another origin can't send it (see services/storefront/README.md). */
const csrf = { 'x-csrf': '1' }
const path = '/v1/web/sessions'
/** That somebody is signed in, and nothing else: without it a visitor's page need not ask. */
const HINT = 'portico.signed-in'
const LOCK = 'portico.refresh'
/** So long before its end a token is renewed. */
const RENEW_MS = 60_000
const RETRY_MS = 10_000

/**
 * The session of this browser. The access token lives in memory, the refresh token in a cookie that no script can read.
 * All tabs share one refresh: it happens under a Web Lock, and who holds the lock asks the others for their token first.
 */
export class Session {
  #state: SessionState = { status: localStorage.getItem(HINT) ? 'restoring' : 'signed-out' }
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #listeners = new Set<() => void>()
  readonly #tabs: TabChannel

  constructor() {
    this.#tabs = tabChannel({
      ownToken: () => (this.#state.status === 'signed-in' ? this.#state.token : undefined),
      onToken: (token) => this.#accept(token),
      onSignedOut: () => this.#set({ status: 'signed-out' }),
    })
    if (this.#state.status === 'restoring') void this.refresh().catch(() => {})
    // A laptop that slept has slept through its timers.
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && this.#isDue()) void this.refresh().catch(() => {})
    })
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly state = (): SessionState => this.#state

  /** @throws ApiError wrong_credentials, too_many_attempts */
  async signIn(email: string, password: string): Promise<void> {
    const { body } = await send<WebSession>(path, { method: 'POST', headers: csrf, body: { email, password } })
    const token = readAccessToken(body)
    this.#accept(token)
    this.#tabs.share(token)
  }

  /** Ends the session here and in all tabs. @throws ApiError, NetworkError when it could not be ended at the server */
  async signOut(): Promise<void> {
    await send(path, { method: 'DELETE', headers: csrf })
    this.#end()
  }

  /** A token that is good for a while, or undefined when nobody is signed in. */
  async token(): Promise<AccessToken | undefined> {
    if (this.#state.status === 'signed-out') return undefined
    if (this.#state.status === 'signed-in' && this.#state.token.expiresAt > Date.now() + 5000) return this.#state.token
    return await this.refresh()
  }

  /** Renews the token, or takes the one that another tab has just got. `than` is one that no longer serves. */
  async refresh(than?: AccessToken): Promise<AccessToken | undefined> {
    const old = than ?? (this.#state.status === 'signed-in' ? this.#state.token : undefined)
    return await navigator.locks.request(LOCK, async () => {
      if (this.#state.status === 'signed-out') return undefined
      const newer = this.#newerThan(old) ?? (await this.#tabs.ask(old))
      if (newer) {
        this.#accept(newer)
        return newer
      }
      return await this.#renew()
    })
  }

  async #renew(): Promise<AccessToken | undefined> {
    try {
      // Kept alive: a page that goes away in between would lose the new cookie, and with it the session.
      const { body } = await send<WebSession>(`${path}/refresh`, { method: 'POST', headers: csrf, keepalive: true })
      const token = readAccessToken(body)
      this.#accept(token)
      this.#tabs.share(token)
      return token
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        this.#end()
        return undefined
      }
      if (mayPass(error)) this.#later(RETRY_MS)
      if (this.#state.status !== 'signed-in') this.#set({ status: 'unreachable' })
      throw error
    }
  }

  #newerThan(old: AccessToken | undefined): AccessToken | undefined {
    if (this.#state.status !== 'signed-in') return undefined
    return this.#state.token.token !== old?.token ? this.#state.token : undefined
  }

  #isDue(): boolean {
    return this.#state.status === 'signed-in' && this.#state.token.expiresAt - RENEW_MS < Date.now()
  }

  #accept(token: AccessToken): void {
    localStorage.setItem(HINT, '1')
    this.#set({ status: 'signed-in', token })
    this.#later(Math.max(RETRY_MS, token.expiresAt - Date.now() - RENEW_MS))
  }

  #later(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.refresh().catch(() => {}), ms)
  }

  #end(): void {
    localStorage.removeItem(HINT)
    this.#tabs.signedOut()
    this.#set({ status: 'signed-out' })
  }

  #set(state: SessionState): void {
    if (state.status === 'signed-out') clearTimeout(this.#timer)
    this.#state = state
    for (const listener of this.#listeners) listener()
  }
}

export const session = new Session()
