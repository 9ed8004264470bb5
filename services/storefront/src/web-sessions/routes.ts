import { createWebSession, endWebSession, refreshWebSession, type Session, type WebSession } from '@portico/contracts'
import { AppError, type Authentication, implement, pathsOf } from '@portico/service-kit'
import type { Context, Hono } from 'hono'
import { forgetRefreshToken, keepRefreshToken, readRefreshToken } from './cookie.ts'
import { refuseForeignPages } from './csrf.ts'
import type { SessionCaller, Sessions } from './sessions.ts'

/** RFC 6749, 5.1: answers with tokens are not to be kept by any cache. */
const noStore = { 'cache-control': 'no-store' }

export function webSessionRoutes(app: Hono, authentication: Authentication, sessions: Sessions): void {
  for (const path of pathsOf(createWebSession.path)) app.use(`${path}/*`, refuseForeignPages)

  implement(app, authentication, createWebSession, async ({ body, requestId, c }) => {
    const session = await sessions.start(body.email, body.password, callerOf(c, requestId))
    await endFormer(c, sessions, requestId)
    return { status: 201, body: handOut(c, session), headers: noStore }
  })

  implement(app, authentication, refreshWebSession, async ({ requestId, c }) => {
    const token = readRefreshToken(c)
    if (!token) throw new AppError('session_ended')
    try {
      return { status: 200, body: handOut(c, await sessions.renew(token, callerOf(c, requestId))), headers: noStore }
    } catch (error) {
      if (error instanceof AppError && error.code === 'session_ended') forgetRefreshToken(c)
      throw error
    }
  })

  implement(app, authentication, endWebSession, async ({ requestId, c }) => {
    const token = readRefreshToken(c)
    // Where the session could not be ended the cookie stays, so that it can be tried again.
    if (token) await sessions.end(token, requestId).catch(unlessEnded)
    forgetRefreshToken(c)
    return { status: 204, headers: noStore }
  })
}

const callerOf = (c: Context, requestId: string): SessionCaller => ({
  requestId,
  clientAddress: c.req.header('x-real-ip'),
})

/** The refresh token goes into the cookie, the rest to the page. */
function handOut(c: Context, { refreshToken, ...rest }: Session): WebSession {
  keepRefreshToken(c, refreshToken)
  return rest
}

/** A browser has one session: logging in again ends the one before, where that can be done. */
async function endFormer(c: Context, sessions: Sessions, requestId: string): Promise<void> {
  const token = readRefreshToken(c)
  if (token) await sessions.end(token, requestId).catch(() => undefined)
}

function unlessEnded(error: unknown): void {
  if (!(error instanceof AppError && error.code === 'session_ended')) throw error
}
