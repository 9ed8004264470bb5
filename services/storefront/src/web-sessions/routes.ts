import { createWebSession, endWebSession, refreshWebSession, type Session, type WebSession } from '@portico/contracts'
import { AppError, type Authentication, implement, pathsOf } from '@portico/service-kit'
import type { Context, Hono } from 'hono'
import type { RefreshCookie } from './cookie.ts'
import { refuseForeignPages } from './csrf.ts'
import type { SessionCaller, Sessions } from './sessions.ts'

/** RFC 6749, 5.1: answers with tokens are not to be kept by any cache. */
const noStore = { 'cache-control': 'no-store' }

export function webSessionRoutes(
  app: Hono,
  authentication: Authentication,
  { sessions, cookie }: { readonly sessions: Sessions; readonly cookie: RefreshCookie },
): void {
  /** The refresh token goes into the cookie, the rest to the page. */
  const handOut = (c: Context, { refreshToken, refreshExpiresIn, ...rest }: Session): WebSession => {
    cookie.keep(c, refreshToken, refreshExpiresIn)
    return rest
  }

  /** A browser has one session: logging in again ends the one before, where that can be done. */
  const endFormer = async (c: Context, requestId: string): Promise<void> => {
    const token = cookie.read(c)
    if (token) await sessions.end(token, requestId).catch(() => undefined)
  }

  for (const path of pathsOf(createWebSession.path)) app.use(`${path}/*`, refuseForeignPages)

  implement(app, authentication, createWebSession, async ({ body, requestId, c }) => {
    const session = await sessions.start(body.email, body.password, callerOf(c, requestId))
    await endFormer(c, requestId)
    return { status: 201, body: handOut(c, session), headers: noStore }
  })

  implement(app, authentication, refreshWebSession, async ({ requestId, c }) => {
    const token = cookie.read(c)
    if (!token) throw new AppError('session_ended')
    try {
      return { status: 200, body: handOut(c, await sessions.renew(token, callerOf(c, requestId))), headers: noStore }
    } catch (error) {
      if (error instanceof AppError && error.code === 'session_ended') cookie.forget(c)
      throw error
    }
  })

  implement(app, authentication, endWebSession, async ({ requestId, c }) => {
    const token = cookie.read(c)
    // Where the session could not be ended the cookie stays, so that it can be tried again.
    if (token) await sessions.end(token, requestId).catch(unlessEnded)
    cookie.forget(c)
    return { status: 204, headers: noStore }
  })
}

const callerOf = (c: Context, requestId: string): SessionCaller => ({
  requestId,
  clientAddress: c.req.header('x-real-ip'),
})

function unlessEnded(error: unknown): void {
  if (!(error instanceof AppError && error.code === 'session_ended')) throw error
}
