import { z } from 'zod'
import { timestamp, uuid } from '../primitives.ts'

/** CloudEvents 1.0, JSON. `source` is the publishing service, `subject` the order that it is about. */
export const envelope = <Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.object({
    specversion: z.literal('1.0'),
    id: uuid,
    source: z.string(),
    type: z.literal(type),
    subject: uuid,
    time: timestamp,
    datacontenttype: z.literal('application/json'),
    /** W3C trace context and the request that caused the event, where known. */
    traceparent: z.string().optional(),
    requestid: z.string().optional(),
    data,
  })
