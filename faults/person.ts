import { setTimeout as sleep } from 'node:timers/promises'
import type { Problem, Session } from '@portico/contracts'
import { type Answer, type Ask, newComputer } from './http.ts'
import type { Journal } from './journal.ts'

const password = 'a good long password'
/** Below the 15 minutes that an access token is good for. */
const TOKEN_MS = 8 * 60_000

/** Somebody with an account, who asks again until the shop gives a clear answer. */
export class Person {
  readonly email: string
  readonly #computer: ReturnType<typeof newComputer>
  readonly #journal: Journal
  #token: { readonly text: string; readonly until: number } | undefined

  constructor(email: string, url: string, journal: Journal) {
    this.email = email
    this.#computer = newComputer(url)
    this.#journal = journal
  }

  /** Makes the account. @throws Error when the shop refuses */
  async register(): Promise<void> {
    const body = { email: this.email, password, name: this.email }
    const { status } = await this.#computer.call('POST', '/v1/users', { body })
    if (status !== 201) throw new Error(`${this.email} could not be registered: ${status}`)
  }

  /** One try, with whatever comes of it. */
  async ask<Body>(method: string, path: string, ask: Ask = {}): Promise<Answer<Body>> {
    const token = await this.#accessToken()
    if (token === undefined) return { status: 0, body: undefined as never }
    this.#journal.counts.calls += 1
    const answer = await this.#computer.call<Body>(method, path, { ...ask, token })
    if (answer.status === 401) this.#token = undefined
    return answer
  }

  /** The same request, again and again, until its outcome is clear. */
  async insist<Body>(method: string, path: string, ask: Ask): Promise<Answer<Body> & { readonly tries: number }> {
    const name = `${this.email} ${method} ${path} ${JSON.stringify(ask.headers ?? {})}`
    for (let tries = 1; ; tries += 1) {
      this.#journal.unclear.set(name, 'asked')
      const answer = await this.ask<Body>(method, path, ask)
      if (isClear(answer)) {
        this.#journal.unclear.delete(name)
        return { ...answer, tries }
      }
      this.#journal.unclear.set(name, `${answer.status} ${JSON.stringify(answer.body) ?? ''}`)
      this.#journal.wonder(answer.status, answer.body)
      await sleep(Math.min(1000, 100 * tries))
    }
  }

  close(): void {
    this.#computer.close()
  }

  async #accessToken(): Promise<string | undefined> {
    if (this.#token !== undefined && Date.now() < this.#token.until) return this.#token.text
    const { status, body } = await this.#computer.call<Session>('POST', '/v1/sessions', {
      body: { email: this.email, password },
    })
    if (status !== 201) {
      // Ten a minute are allowed.
      await sleep(status === 429 ? 7000 : 500)
      return undefined
    }
    this.#token = { text: body.accessToken, until: Date.now() + TOKEN_MS }
    return this.#token.text
  }
}

export const adminPassword = password

/** Whether an answer says what was done; after any other the same request under the same key must follow. */
export function isClear({ status, body }: Answer): boolean {
  if (status >= 200 && status < 300) return true
  if (status < 400 || status >= 500 || [401, 408, 429].includes(status)) return false
  const type = (body as Partial<Problem> | undefined)?.type ?? ''
  return type.startsWith('urn:portico:problem:') && !type.endsWith(':request-in-progress')
}
