import { charge, refundCharge } from '@portico/contracts'
import { type Caller, callEnvironment, createClient, createServiceTokens } from '@portico/service-kit'
import { OutcomeUnknown, type PaymentProvider } from './provider.ts'

/** Longer than tok_slow takes, shorter than the sweep waits. */
const TIMEOUT_MS = 5000

/** Never made twice in one go: the sweep makes what stayed unknown again, under the same key. */
export const providerEnvironment = callEnvironment('PROVIDER', {
  timeoutMs: TIMEOUT_MS,
  tryTimeoutMs: TIMEOUT_MS,
  retries: 0,
  // A few customers whose charges hang must not take them all.
  maxConcurrent: 128,
})

export interface SandboxOptions {
  readonly url: string
  readonly secret: string
  readonly timeoutMs?: number
  /** Makes the calls within limits, in the place of `timeoutMs`. */
  readonly within?: Caller
  /** Gives up calls that are open; their outcome is unknown then. */
  readonly giveUp?: AbortSignal
}

/** The sandbox provider over HTTP. Whatever is not a clear answer is an unknown outcome. */
export function connectSandbox({ url, secret, timeoutMs = TIMEOUT_MS, ...more }: SandboxOptions): PaymentProvider {
  const { giveUp, within = (work) => work(timeoutMs) } = more
  const call = createClient(url)
  const tokens = createServiceTokens('payment', { calls: { provider: secret } })
  const options = async (limitMs: number, requestId?: string) => ({
    authorization: await tokens.authorizationFor('provider'),
    ...(requestId && { requestId }),
    timeoutMs: limitMs,
    signal: giveUp,
  })
  return {
    async charge(key, amount, token, requestId) {
      try {
        const input = { params: { key }, body: { amount, paymentMethod: { token } } }
        const { outcome } = (await within(async (limitMs) => call(charge, input, await options(limitMs, requestId))))
          .body
        return outcome === 'captured' ? { outcome } : { outcome: 'failed', reason: outcome }
      } catch (cause) {
        throw new OutcomeUnknown('the provider did not say whether it charged', { cause })
      }
    },
    async refund(key, refundId, amount, requestId) {
      try {
        const input = { params: { key, refundId }, body: { amount } }
        await within(async (limitMs) => call(refundCharge, input, await options(limitMs, requestId)))
      } catch (cause) {
        throw new OutcomeUnknown('the provider did not say whether it refunded', { cause })
      }
    },
  }
}
