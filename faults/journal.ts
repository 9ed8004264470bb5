import type { Order } from '@portico/contracts'

/** A refund that an admin was told of. */
export interface GrantedRefund {
  readonly id: string
  readonly paymentId: string
  readonly amount: number
  readonly restock: boolean
}

/** An order that its customer was told of, and what they and the admins were told since. */
export interface Purchase {
  readonly customer: string
  readonly key: string
  readonly body: unknown
  readonly order: Order
  /** Whether a cancellation was accepted, or may have been when its first answer got lost. */
  cancellation: 'accepted' | 'perhaps' | undefined
  /** How often paying again was accepted. */
  paidAgain: number
  readonly refunds: GrantedRefund[]
}

/** What those outside the shop were told: the promise is about no more and no less than this. */
export class Journal {
  readonly purchases = new Map<string, Purchase>()
  /** Requests that have no clear answer yet. */
  readonly unclear = new Map<string, string>()
  readonly counts = {
    calls: 0,
    unclear: 0,
    orders: 0,
    toldLater: 0,
    refused: 0,
    cancelled: 0,
    paidAgain: 0,
    refunds: 0,
  }

  /** What stood in the place of a clear answer, and how often. */
  readonly unclearAnswers = new Map<string, number>()

  /** Notes an answer that says nothing of what was done; 0 is none. */
  wonder(status: number, body: unknown): void {
    const said = body as { type?: string; message?: string } | undefined
    const name = `${status || 'none'} ${said?.type ?? said?.message ?? ''}`.trim()
    this.unclearAnswers.set(name, (this.unclearAnswers.get(name) ?? 0) + 1)
    this.counts.unclear += 1
  }

  accept(purchase: Purchase, tries: number): void {
    this.purchases.set(purchase.order.id, purchase)
    this.counts.orders += 1
    if (tries > 1) this.counts.toldLater += 1
  }

  cancelled(purchase: Purchase): void {
    purchase.cancellation = 'accepted'
    this.counts.cancelled += 1
  }

  paidAgain(purchase: Purchase): void {
    purchase.paidAgain += 1
    this.counts.paidAgain += 1
  }

  refunded(purchase: Purchase, refund: GrantedRefund): void {
    purchase.refunds.push(refund)
    this.counts.refunds += 1
  }
}
