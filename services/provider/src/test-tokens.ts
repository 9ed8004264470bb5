import type { ChargeOutcome } from '@portico/contracts'

interface Behaviour {
  readonly outcome: ChargeOutcome['outcome']
  /** Answers only after a while. */
  readonly slow?: true
  /** Charges, but does not answer the first time. */
  readonly silent?: true
}

/** What each token of the sandbox does; any other is declined. */
const behaviours: Readonly<Record<string, Behaviour>> = {
  tok_ok: { outcome: 'captured' },
  tok_declined: { outcome: 'declined' },
  tok_insufficient_funds: { outcome: 'insufficient_funds' },
  tok_slow: { outcome: 'captured', slow: true },
  tok_timeout_after_charge: { outcome: 'captured', silent: true },
}

export const behaviourOf = (token: string): Behaviour =>
  Object.hasOwn(behaviours, token) ? (behaviours[token] as Behaviour) : { outcome: 'declined' }
