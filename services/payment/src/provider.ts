import type { Money } from '@portico/contracts'
import type { FailureReason } from './payments.ts'

export type ChargeResult =
  | { readonly outcome: 'captured' }
  | { readonly outcome: 'failed'; readonly reason: FailureReason }

/** The provider did not say what it did: the same call under the same key settles it. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown'
}

/** Whoever moves the money. Both calls have their effect once under their key, however often they are made. */
export interface PaymentProvider {
  /**
   * @param requestId the request that caused it, for the provider's log and its webhook
   * @throws OutcomeUnknown
   */
  charge(key: string, amount: Money, token: string, requestId?: string): Promise<ChargeResult>
  /** @throws OutcomeUnknown */
  refund(key: string, refundId: string, amount: Money, requestId?: string): Promise<void>
}
