import { subscribe } from 'node:diagnostics_channel'
import type { Pass } from './passage.ts'
import type { Operation } from './steps.ts'

const calls: readonly [RegExp, Operation][] = [
  [/\/charges\/[^/]+\/refunds\//, 'refund.call'],
  [/\/charges\//, 'charge.call'],
  [/\/holds\//, 'hold.call'],
]

/** Calls of another service or of the provider: what undici says of them, and with it `fetch`, which is built on it. */
export function watchHttp(pass: Pass): void {
  const watch = (channel: string, side: 'before' | 'after') =>
    subscribe(channel, (message) => {
      const { path } = (message as { request: { path: string } }).request
      const operation = calls.find(([pattern]) => pattern.test(path))?.[1]
      if (operation !== undefined) pass(side, operation)
    })
  watch('undici:request:create', 'before')
  watch('undici:request:headers', 'after')
}
