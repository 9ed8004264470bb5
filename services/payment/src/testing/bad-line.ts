import type { Money } from '@portico/contracts'
import { OutcomeUnknown, type PaymentProvider } from '../provider.ts'

/** A line to the provider that breaks when a test says so. */
export class BadLine implements PaymentProvider {
  /** So many of the next calls never get there. */
  cut = 0
  /** So many of the next calls have their effect, and the answer is lost. */
  lose = 0
  /** On so many of the next calls payment-service itself breaks, before they are made. */
  crash = 0
  /** Charge keys and refund ids that were asked for, in order. */
  readonly asked: string[] = []
  readonly #provider: PaymentProvider

  constructor(provider: PaymentProvider) {
    this.#provider = provider
  }

  charge(key: string, amount: Money, token: string, requestId?: string) {
    return this.#over(key, () => this.#provider.charge(key, amount, token, requestId))
  }

  refund(key: string, refundId: string, amount: Money, requestId?: string) {
    return this.#over(refundId, () => this.#provider.refund(key, refundId, amount, requestId))
  }

  async #over<T>(name: string, call: () => Promise<T>): Promise<T> {
    this.asked.push(name)
    if (this.crash > 0) {
      this.crash -= 1
      throw new Error('crashed')
    }
    if (this.cut > 0) {
      this.cut -= 1
      throw new OutcomeUnknown('the line is cut')
    }
    const answer = await call()
    if (this.lose > 0) {
      this.lose -= 1
      throw new OutcomeUnknown('the answer is lost')
    }
    return answer
  }
}
