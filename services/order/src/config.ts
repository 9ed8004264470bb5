import {
  busEnvironment,
  callEnvironment,
  commonEnvironment,
  readEnvironment,
  serviceTokenEnvironment,
  tcpEnvironment,
  tokenEnvironment,
} from '@portico/service-kit'
import { z } from 'zod'
import type { OrderLimits } from './limits.ts'

const limit = (otherwise: number) => z.coerce.number().pipe(z.int().min(1).max(1_000_000_000)).default(otherwise)

/** See `OrderLimits`. */
export const limitEnvironment = {
  MAX_OPEN_ORDERS_PER_CUSTOMER: limit(100),
  MAX_HELD_UNITS_PER_CUSTOMER: limit(500),
  MAX_PAYMENT_ATTEMPTS_PER_ORDER: limit(10),
  MAX_UNPAID_ATTEMPTS_PER_CUSTOMER_PER_HOUR: limit(100),
}

export const orderLimits = (config: Readonly<Record<keyof typeof limitEnvironment, number>>): OrderLimits => ({
  openOrders: config.MAX_OPEN_ORDERS_PER_CUSTOMER,
  heldUnits: config.MAX_HELD_UNITS_PER_CUSTOMER,
  attemptsPerOrder: config.MAX_PAYMENT_ATTEMPTS_PER_ORDER,
  unpaidAttemptsPerHour: config.MAX_UNPAID_ATTEMPTS_PER_CUSTOMER_PER_HOUR,
})

export const readConfig = () =>
  readEnvironment({
    ...commonEnvironment,
    ...tokenEnvironment,
    ...serviceTokenEnvironment,
    ...busEnvironment,
    ...tcpEnvironment,
    ...limitEnvironment,
    MYSQL_URL: z.string().regex(/^mysql:\/\//, 'must start with mysql://'),
    // Holds that are under way at the same time share a call, so many may be.
    ...callEnvironment('PRODUCT', { maxConcurrent: 128 }),
    /** By gRPC (grpc:, grpcs:), HTTP, or TCP as NestJS speaks it (tcp:). */
    PRODUCT_URL: z.url({ protocol: /^(grpcs?|https?|tcp)$/ }),
  })
