import { charge, refundCharge } from '@portico/contracts'
import { createClient, createServiceTokens } from '@portico/service-kit'
import { OutcomeUnknown, type PaymentProvider } from './provider.ts'

/** Longer than tok_slow takes, shorter than the sweep waits. */
const TIMEOUT_MS = 5000

export interface SandboxOptions {
  readonly url: string
  readonly secret: string
  readonly timeoutMs?: number
  /** Gives up calls that are open; their outcome is unknown then. */
  readonly giveUp?: AbortSignal
}

/** The sandbox provider over HTTP. Whatever is not a clear answer is an unknown outcome. */
export function connectSandbox({ url, secret, timeoutMs = TIMEOUT_MS, giveUp }: SandboxOptions): PaymentProvider {
  const call = createClient(url)
  const tokens = createServiceTokens('payment', secret)
  const options = async () => ({
    authorization: await tokens.authorizationFor('provider'),
    timeoutMs,
    signal: giveUp,
  })
  return {
    async charge(key, amount, token) {
      try {
        const input = { params: { key }, body: { amount, paymentMethod: { token } } }
        const { outcome } = (await call(charge, input, await options())).body
        return outcome === 'captured' ? { outcome } : { outcome: 'failed', reason: outcome }
      } catch (cause) {
        throw new OutcomeUnknown('the provider did not say whether it charged', { cause })
      }
    },
    async refund(key, refundId, amount) {
      try {
        await call(refundCharge, { params: { key, refundId }, body: { amount } }, await options())
      } catch (cause) {
        throw new OutcomeUnknown('the provider did not say whether it refunded', { cause })
      }
    },
  }
}
