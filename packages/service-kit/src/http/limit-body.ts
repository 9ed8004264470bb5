import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { sendProblem } from './problem.ts'

/**
 * Turns away bodies of more bytes. One whose length is told is judged by that alone, which the server then holds the
 * sender to: its stream is not touched, so that the body can be read in one go.
 */
export function limitBodyTo(maxBytes: number): MiddlewareHandler {
  const refuse = (c: Context) => sendProblem(c, 'payload_too_large', `At most ${maxBytes} bytes.`)
  const counting = bodyLimit({ maxSize: maxBytes, onError: refuse })
  return async (c, next) => {
    // Whoever read it had it limited.
    if (c.req.raw.bodyUsed) return next()
    const length = c.req.header('content-length')
    if (length === undefined || c.req.header('transfer-encoding') !== undefined) return counting(c, next)
    if (!(Number(length) <= maxBytes)) return refuse(c)
    await next()
  }
}
