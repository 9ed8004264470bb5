import { receiveWebhook, WEBHOOK_SIGNATURE } from '@portico/contracts'
import {
  AppError,
  attemptOf,
  createAuthentication,
  createTrail,
  implement,
  isSigned,
  limitBodyTo,
  pathsOf,
} from '@portico/service-kit'
import type { Hono, MiddlewareHandler } from 'hono'
import { type Desk, settleOnHint } from './settling.ts'

const MAX_BYTES = 16 * 1024
/** How old a signature may be; each try of the provider is signed anew. */
const TOLERANCE_SECONDS = 300

/** The provider's webhooks, on a route without a user: who may is decided by the signature, before anything is read. */
export function webhookRoutes(app: Hono, desk: Desk, secrets: readonly string[]): void {
  const small = limitBodyTo(MAX_BYTES)
  const trail = createTrail(desk.log)
  const { method, path } = receiveWebhook
  for (const each of pathsOf(path)) app.on(method, each, small, requireSignature(secrets))
  implement(app, createAuthentication({}), receiveWebhook, async ({ body, requestId }) => {
    const { id: webhookId, type: event, key, refundId } = body
    trail('webhook received', { ...attemptOf(key), webhookId, event, refundId, requestId })
    await settleOnHint(desk, body)
    return { status: 204 }
  })
}

function requireSignature(secrets: readonly string[]): MiddlewareHandler {
  return async (c, next) => {
    // As text, which is what is parsed then and Hono keeps. Bytes that are no UTF-8 were not signed by the provider.
    const body = new TextEncoder().encode(await c.req.text())
    const check = { secrets, nowSeconds: Math.floor(Date.now() / 1000), toleranceSeconds: TOLERANCE_SECONDS }
    if (!isSigned(c.req.header(WEBHOOK_SIGNATURE), body, check)) {
      throw new AppError('unauthenticated', 'This is not a fresh signature of the provider.')
    }
    await next()
  }
}
