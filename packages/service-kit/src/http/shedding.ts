import type { MiddlewareHandler } from 'hono'
import { z } from 'zod'
import { AppError } from '../app-error.ts'
import { Counter, Gauge, type Metrics } from '../metrics.ts'

/** Of every service: requests under way at once; more are turned away. */
export const MAX_IN_FLIGHT = z.coerce.number().pipe(z.int().min(1).max(1_000_000)).default(1000)

/**
 * Turns requests away at once (503, Retry-After) while so many are under way: late answers would help nobody, and those
 * that are under way would become late too. What says how the service is, is always answered.
 * @throws AppError unavailable
 */
export function shedLoad(
  most: number,
  { registry }: Metrics,
  always: { has(path: string): boolean },
): MiddlewareHandler {
  let inFlight = 0
  new Gauge({
    name: 'http_requests_in_flight',
    help: 'Requests under way',
    registers: [registry],
    collect() {
      this.set(inFlight)
    },
  })
  const shed = new Counter({
    name: 'http_requests_shed_total',
    help: 'Requests turned away, since too many were under way',
    registers: [registry],
  })
  return async (c, next) => {
    if (always.has(c.req.path)) return await next()
    if (inFlight >= most) {
      shed.inc()
      throw new AppError('unavailable', 'Too much at once; ask again in a moment.', { headers: { 'retry-after': '1' } })
    }
    inFlight += 1
    try {
      await next()
    } finally {
      inFlight -= 1
    }
  }
}
