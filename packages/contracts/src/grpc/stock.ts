import { z } from 'zod'
import { fieldError } from '../errors.ts'
import { heldLine, orderedLine } from '../http/product.ts'
import { timestamp, uuid } from '../primitives.ts'
import { defineGrpcService, unary } from './service.ts'

const lines = z.array(z.object(orderedLine.shape)).min(1).max(100)
const attempt = z.object({ orderId: uuid, number: z.int().min(1).max(999_999) })
const nothing = z.object({})
const byAttempt = z.object({ attempt })
const priced = z.object({ items: z.array(heldLine) })
const wish = z.object({ attempt, items: lines, requestId: z.string().max(128).optional() })
const held = priced.extend({ expiresAt: timestamp })
const refusal = z.object({ code: z.string(), detail: z.string(), errors: z.array(fieldError) })

/** How many holds one call may ask for. */
export const MAX_HOLDS = 64

/** Internal: what an order's lines cost, and their stock. */
export const stockService = defineGrpcService({
  name: 'portico.stock.v1.Stock',
  proto: 'portico/stock/v1/stock.proto',
  access: { services: ['order'] },
  methods: {
    price: unary(z.object({ items: lines }), priced),
    hold: unary(wish, held),
    holdAll: unary(
      z.object({ holds: z.array(wish).min(1).max(MAX_HOLDS) }),
      z.object({ answers: z.array(z.object({ held: held.nullish(), refusal: refusal.nullish() })) }),
    ),
    confirm: unary(byAttempt, nothing),
    release: unary(byAttempt, nothing),
  },
})
