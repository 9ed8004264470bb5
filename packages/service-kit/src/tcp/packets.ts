import { z } from 'zod'

/** What NestJS sends: a message with an `id` wants an answer, one without is an event. */
export const packet = z.object({
  pattern: z.union([z.string(), z.looseObject({ cmd: z.string().optional(), event: z.string().optional() })]),
  data: z.unknown().optional(),
  id: z.string().max(200).optional(),
})
export type Packet = z.infer<typeof packet>

export const answerPacket = z.object({
  id: z.string(),
  response: z.unknown().optional(),
  err: z.unknown().optional(),
  isDisposed: z.boolean().optional(),
})

const text = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

/** The data of a message: the parts of the HTTP route that its pattern names. */
export const callData = z.object({
  /** `Bearer` and an access token, or a service token. */
  authorization: z.string().optional(),
  requestId: z.string().optional(),
  params: text.optional(),
  query: text.optional(),
  headers: text.optional(),
  body: z.unknown().optional(),
})
export type CallData = z.infer<typeof callData>

/** The data of an event: one of the bus, with the service token of who says it. */
export const eventData = z.object({ authorization: z.string(), event: z.looseObject({ source: z.string() }) })

/**
 * The name in a pattern: `placeOrder`, `{cmd: 'placeOrder'}` or `{event: 'order_placed'}`. A NestJS client sends an
 * object as its JSON text.
 */
export function nameOf(pattern: Packet['pattern']): string {
  if (typeof pattern !== 'string') return pattern.cmd ?? pattern.event ?? ''
  if (!pattern.startsWith('{')) return pattern
  try {
    const { cmd, event } = JSON.parse(pattern) as { cmd?: unknown; event?: unknown }
    return String(cmd ?? event ?? '')
  } catch {
    return pattern
  }
}
