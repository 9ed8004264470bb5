import { z } from 'zod'

export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i, 'must be a UUID')
  .toLowerCase()
  .meta({ format: 'uuid' })

/** RFC 3339 in UTC. */
export const timestamp = z.iso.datetime().meta({ description: 'RFC 3339, UTC' })

/** An integer in a query string, in decimal digits: `Number` alone takes an empty text for 0, and `0x10` for 16. */
export const queryInteger = (least: number, most: number) =>
  z.preprocess(
    (given) => (typeof given === 'string' && !/^-?\d{1,15}$/.test(given) ? Number.NaN : given),
    z.coerce.number().int().min(least).max(most),
  )

/** What every list takes: a page size and the cursor of the page before. */
export const page = {
  limit: queryInteger(1, 100).default(20).meta({ description: 'Items in one answer; 20 if not given' }),
  cursor: z.string().min(1).max(512).optional().meta({ description: 'nextCursor of the answer before' }),
}

/** What every list answers. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() })

/** Header of requests that must have an effect once, however often they are sent. */
export const idempotencyKey = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(255)
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
    .meta({ description: "Names the request among the caller's: the same again is answered the same for 30 days" }),
})
