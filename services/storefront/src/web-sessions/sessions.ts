import { logIn, logOut, type Reply, refreshSession, type Session } from '@portico/contracts'
import { AppError, type Caller, CallRefused, callEnvironment, createClient } from '@portico/service-kit'
import { refusalOf } from '../refusals.ts'

/** On whose behalf a session is asked for. */
export interface SessionCaller {
  readonly requestId: string
  /** The browser's address as the gateway names it (X-Real-IP): user-service throttles guesses by it. */
  readonly clientAddress: string | undefined
}

/** Sessions as user-service keeps them. Each throws AppError: its own refusal, or unavailable. */
export interface Sessions {
  start(email: string, password: string, caller: SessionCaller): Promise<Session>
  /** Uses a refresh token up. Who asks with the same one while that runs shares the answer: two tabs are no theft. */
  renew(refreshToken: string, caller: SessionCaller): Promise<Session>
  end(refreshToken: string, requestId: string): Promise<void>
}

const TIMEOUT_MS = 10_000

/** Never made twice: a refresh token is good for one use, and whoever uses it again is taken for a thief. */
export const sessionsEnvironment = callEnvironment('SESSIONS', {
  timeoutMs: TIMEOUT_MS,
  tryTimeoutMs: TIMEOUT_MS,
  retries: 0,
})

export function connectSessions(userUrl: string, within: Caller = (work) => work(TIMEOUT_MS)): Sessions {
  const user = createClient(userUrl)
  const running = new Map<string, Promise<Session>>()
  return {
    async start(email, password, { requestId, clientAddress }) {
      const input = { body: { email, password }, headers: addressHeader(clientAddress) }
      return (await answered(within((timeoutMs) => user(logIn, input, { requestId, timeoutMs })))).body
    },
    renew(refreshToken, { requestId, clientAddress }) {
      const shared = running.get(refreshToken)
      if (shared) return shared
      const input = { body: { refreshToken }, headers: addressHeader(clientAddress) }
      const call = within((timeoutMs) => user(refreshSession, input, { requestId, timeoutMs }))
      const renewal = answered(call).then(({ body }) => body)
      running.set(refreshToken, renewal)
      const forget = () => running.delete(refreshToken)
      renewal.then(forget, forget)
      return renewal
    },
    async end(refreshToken, requestId) {
      const call = (timeoutMs: number) => user(logOut, { body: { refreshToken } }, { requestId, timeoutMs })
      await answered<Reply<typeof logOut>>(within(call))
    },
  }
}

const addressHeader = (address: string | undefined) => (address === undefined ? {} : { 'x-real-ip': address })

async function answered<Answer>(call: Promise<Answer>): Promise<Answer> {
  try {
    return await call
  } catch (cause) {
    // A cookie that is no refresh token at all is a session that has ended, not a wrong field of the person's.
    if (cause instanceof CallRefused && cause.problem.errors?.some(({ field }) => field === 'refreshToken')) {
      throw new AppError('session_ended', undefined, { cause })
    }
    throw refusalOf(cause) ?? new AppError('unavailable', 'user-service does not answer.', { cause })
  }
}
