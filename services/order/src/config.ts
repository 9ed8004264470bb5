import {
  busEnvironment,
  callEnvironment,
  commonEnvironment,
  readEnvironment,
  serviceSecret,
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
    ...busEnvironment,
    ...tcpEnvironment,
    ...limitEnvironment,
    SERVICE_SECRET_ORDER_PRODUCT: serviceSecret,
    /** Of those that may send their events over TCP. */
    SERVICE_SECRET_PAYMENT_ORDER: serviceSecret.optional(),
    SERVICE_SECRET_PRODUCT_ORDER: serviceSecret.optional(),
    /** Of whoever listens at EVENTS_TCP_URL. */
    SERVICE_SECRET_ORDER_EVENTS: serviceSecret.optional(),
    MYSQL_URL: z.string().regex(/^mysql:\/\//, 'must start with mysql://'),
    // Holds that are under way at the same time share a call, so many may be.
    ...callEnvironment('PRODUCT', { maxConcurrent: 128 }),
    /** By gRPC (grpc:, grpcs:), HTTP, or TCP as NestJS speaks it (tcp:). */
    PRODUCT_URL: z.url({ protocol: /^(grpcs?|https?|tcp)$/ }),
  })
