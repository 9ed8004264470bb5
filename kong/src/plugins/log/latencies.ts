import type { Exchange } from '../../exchange.ts'

/** Where the time of a request went, in whole milliseconds; `proxy` is -1 where no upstream answered. */
export interface Latencies {
  /** Inside the gateway. */
  readonly kong: number
  /** Waiting for the upstream's answer. */
  readonly proxy: number
  /** From the first byte of the request to the last of the answer. */
  readonly request: number
  /** Taking the answer in. */
  readonly receive: number
}

export function latenciesOf({ startedTick, timings }: Exchange, now = performance.now()): Latencies {
  const { upstreamStart, upstreamHeaders, upstreamEnd } = timings
  const span = (from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined ? 0 : Math.max(0, Math.round(to - from))
  const request = span(startedTick, now)
  const answered = upstreamHeaders !== undefined
  const proxy = answered ? span(upstreamStart, upstreamHeaders) : -1
  const receive = answered ? span(upstreamHeaders, upstreamEnd ?? now) : 0
  return { kong: Math.max(0, request - Math.max(proxy, 0) - receive), proxy, request, receive }
}

/** Whether an upstream gave the answer, rather than the gateway. */
export function isAnsweredByUpstream({ timings }: Exchange): boolean {
  return timings.upstreamHeaders !== undefined
}
