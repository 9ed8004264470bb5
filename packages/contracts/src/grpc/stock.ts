import { z } from 'zod'
import { heldLine, orderedLine } from '../http/product.ts'
import { timestamp, uuid } from '../primitives.ts'
import { defineGrpcService, unary } from './service.ts'

const lines = z.array(z.object(orderedLine.shape)).min(1).max(100)
const attempt = z.object({ orderId: uuid, number: z.int().min(1).max(999_999) })
const nothing = z.object({})
const byAttempt = z.object({ attempt })
const priced = z.object({ items: z.array(heldLine) })

/** Internal: what an order's lines cost, and their stock. Only order-service may call it. */
export const stockService = defineGrpcService({
  name: 'portico.stock.v1.Stock',
  proto: 'portico/stock/v1/stock.proto',
  access: 'service',
  methods: {
    price: unary(z.object({ items: lines }), priced),
    hold: unary(z.object({ attempt, items: lines }), priced.extend({ expiresAt: timestamp })),
    confirm: unary(byAttempt, nothing),
    release: unary(byAttempt, nothing),
  },
})
