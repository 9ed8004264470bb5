import type { Pass } from './passage.ts'
import type { Operation } from './steps.ts'

const calls: readonly [RegExp, Operation][] = [
  [/\/charges\/[^/]+\/refunds\//, 'refund.call'],
  [/\/charges\//, 'charge.call'],
  [/\/holds\//, 'hold.call'],
]

/** Calls of another service or of the provider. */
export function watchHttp(pass: Pass): void {
  const send = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    const address = input instanceof Request ? input.url : String(input)
    const operation = calls.find(([pattern]) => pattern.test(address))?.[1]
    if (operation === undefined) return send(input, init)
    pass('before', operation)
    const response = await send(input, init)
    pass('after', operation)
    return response
  }
}
