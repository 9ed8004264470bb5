import { type Answer, type Ask, send } from './http.ts'
import { ApiError } from './problem.ts'
import { session } from './session.ts'

/** Nobody is signed in, or the session has ended. */
export class SignedOutError extends Error {
  override readonly name = 'SignedOutError'
}

/**
 * Sends a request as the person who is signed in. A token that is refused is renewed, once.
 * @throws SignedOutError, and what `send` throws
 */
export async function sendAuthorised<Body>(path: string, ask: Ask = {}): Promise<Answer<Body>> {
  const token = await session.token()
  if (!token) throw new SignedOutError('Please sign in.')
  const as = (bearer: string) =>
    send<Body>(path, { ...ask, headers: { ...ask.headers, authorization: `Bearer ${bearer}` } })
  try {
    return await as(token.token)
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) throw error
    const renewed = await session.refresh(token)
    if (!renewed) throw new SignedOutError('Your session has ended. Please sign in again.', { cause: error })
    return await as(renewed.token)
  }
}
