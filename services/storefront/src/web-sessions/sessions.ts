import { logIn, logOut, type Reply, refreshSession, type Session } from '@portico/contracts'
import { AppError, CallRefused, createClient } from '@portico/service-kit'
import { refusalOf } from '../refusals.ts'

/** Sessions as user-service keeps them. Each throws AppError: its own refusal, or unavailable. */
export interface Sessions {
  start(email: string, password: string, requestId: string): Promise<Session>
  /** Uses a refresh token up. Who asks with the same one while that runs shares the answer: two tabs are no theft. */
  renew(refreshToken: string, requestId: string): Promise<Session>
  end(refreshToken: string, requestId: string): Promise<void>
}

const TIMEOUT_MS = 10_000

export function connectSessions(userUrl: string): Sessions {
  const user = createClient(userUrl)
  const running = new Map<string, Promise<Session>>()
  const options = (requestId: string) => ({ requestId, timeoutMs: TIMEOUT_MS })
  return {
    async start(email, password, requestId) {
      return (await answered(user(logIn, { body: { email, password } }, options(requestId)))).body
    },
    renew(refreshToken, requestId) {
      const shared = running.get(refreshToken)
      if (shared) return shared
      const call = user(refreshSession, { body: { refreshToken } }, options(requestId))
      const renewal = answered(call).then(({ body }) => body)
      running.set(refreshToken, renewal)
      const forget = () => running.delete(refreshToken)
      renewal.then(forget, forget)
      return renewal
    },
    async end(refreshToken, requestId) {
      await answered<Reply<typeof logOut>>(user(logOut, { body: { refreshToken } }, options(requestId)))
    },
  }
}

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
