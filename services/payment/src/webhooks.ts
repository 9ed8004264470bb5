import { receiveWebhook, WEBHOOK_SIGNATURE } from '@portico/contracts'
import { AppError, createAuthentication, implement, isSigned, pathsOf } from '@portico/service-kit'
import type { Hono, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type Desk, settleOnHint } from './settling.ts'

const MAX_BYTES = 16 * 1024
/** How old a signature may be; each try of the provider is signed anew. */
const TOLERANCE_SECONDS = 300

/** The provider's webhooks, on a route without a user: who may is decided by the signature, before anything is read. */
export function webhookRoutes(app: Hono, desk: Desk, secrets: readonly string[]): void {
  const small = bodyLimit({
    maxSize: MAX_BYTES,
    onError: () => {
      throw new AppError('payload_too_large', `At most ${MAX_BYTES} bytes.`)
    },
  })
  const { method, path } = receiveWebhook
  for (const each of pathsOf(path)) app.on(method, each, small, requireSignature(secrets))
  implement(app, createAuthentication({}), receiveWebhook, async ({ body }) => {
    desk.log.debug({ webhookId: body.id, type: body.type, key: body.key }, 'webhook')
    await settleOnHint(desk, body)
    return { status: 204 }
  })
}

function requireSignature(secrets: readonly string[]): MiddlewareHandler {
  return async (c, next) => {
    // A copy: what comes after reads the body for itself.
    const body = new Uint8Array(await c.req.raw.clone().arrayBuffer())
    const check = { secrets, nowSeconds: Math.floor(Date.now() / 1000), toleranceSeconds: TOLERANCE_SECONDS }
    if (!isSigned(c.req.header(WEBHOOK_SIGNATURE), body, check)) {
      throw new AppError('unauthenticated', 'This is not a fresh signature of the provider.')
    }
    await next()
  }
}
