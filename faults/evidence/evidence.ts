/** What the datastores and the provider's ledger say, read past every service. Amounts are minor units. */
export interface Evidence {
  readonly orders: readonly OrderRow[]
  /** Events that order-service wrote, published or not. */
  readonly orderEvents: readonly EventRow[]
  readonly products: readonly ProductRow[]
  readonly movements: readonly Movement[]
  readonly attempts: readonly { readonly key: string; readonly state: string }[]
  /** Events that product-service wrote. */
  readonly productEvents: readonly EventRow[]
  readonly payments: readonly PaymentRow[]
  readonly refunds: readonly RefundRow[]
  readonly ledger: readonly ChargeRow[]
  /** What is not yet done, each with a name for people. */
  readonly unfinished: readonly string[]
}

export interface OrderRow {
  readonly id: string
  readonly status: string
  readonly attempt: number
  readonly total: number
  readonly refunded: number
  readonly paymentId: string | null
  readonly returning: boolean
  readonly lines: readonly { readonly productId: string; readonly quantity: number; readonly unitAmount: number }[]
}

export interface EventRow {
  readonly id: string
  readonly type: string
  readonly orderId: string
  readonly published: boolean
  readonly data: Readonly<Record<string, unknown>>
}

export interface ProductRow {
  readonly id: string
  readonly stock: number
  readonly held: number
}

export interface Movement {
  readonly productId: string
  readonly delta: number
  readonly reason: string
  /** `orderId:attempt`; null where no order made it. */
  readonly attempt: string | null
}

export interface PaymentRow {
  readonly id: string
  readonly orderId: string
  readonly attempt: number
  readonly status: string
  readonly amount: number
  readonly refunded: number
  readonly reserved: number
}

export interface RefundRow {
  readonly id: string
  readonly paymentId: string
  readonly amount: number
  readonly restock: boolean
  readonly status: string
}

/** A charge at the provider, with what it gave back of it. */
export interface ChargeRow {
  readonly key: string
  readonly amount: number
  readonly outcome: string
  readonly refunded: number
  readonly refunds: readonly { readonly id: string; readonly amount: number }[]
}
