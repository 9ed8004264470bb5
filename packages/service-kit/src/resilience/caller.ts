import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
  SamplingBreaker,
  wrap,
} from 'cockatiel'
import { AppError } from '../app-error.ts'
import { CallFailed } from '../http/client.ts'
import type { Log } from '../log.ts'
import { Counter, Gauge, type Metrics } from '../metrics.ts'
import { NoAnswerInTime, within } from '../within.ts'
import type { CallSettings } from './environment.ts'
import { RetryBudget } from './retry-budget.ts'

/**
 * Makes a call to another service within its limits. What fails because the other side does not answer is tried again
 * with growing, scattered pauses, as long as time and budget last; while most calls fail none are made.
 * @throws AppError unavailable when no answer could be had; whatever else the work throws
 */
export type Caller = <T>(work: (timeoutMs: number) => Promise<T>) => Promise<T>

const SAMPLED_MS = 10_000
const BACKOFF = { initialDelay: 25, maxDelay: 500 }

export function createCaller(
  name: string,
  settings: CallSettings,
  { log, metrics }: { log: Log; metrics: Metrics },
): Caller {
  const budget = new RetryBudget()
  const failed = handleWhen((error) => error instanceof CallFailed)
  const breaker = circuitBreaker(failed, {
    halfOpenAfter: settings.breakerOpenMs,
    breaker: new SamplingBreaker({ threshold: settings.breakerThreshold, duration: SAMPLED_MS, minimumRps: 1 }),
  })
  const again = retry(
    handleWhen((error) => error instanceof CallFailed && budget.spend()),
    { maxAttempts: settings.retries, backoff: new ExponentialBackoff(BACKOFF) },
  )
  const room = bulkhead(settings.maxConcurrent, settings.maxWaiting)
  const policy = wrap(again, breaker)
  const calls = measure(name, metrics, () => breaker.state !== CircuitState.Closed)
  again.onRetry(() => calls.inc({ to: name, outcome: 'retried' }))
  breaker.onBreak(() => log.warn({ to: name }, 'the circuit is open: no calls for a while'))
  breaker.onReset(() => log.info({ to: name }, 'the circuit is closed again'))

  return async (work) => {
    budget.earn()
    try {
      const tries = (over: AbortSignal) => policy.execute(() => work(settings.tryTimeoutMs), over)
      const answer = await room.execute(() => inTime(settings.timeoutMs, tries))
      calls.inc({ to: name, outcome: 'answered' })
      return answer
    } catch (error) {
      const rejected = error instanceof BrokenCircuitError || error instanceof BulkheadRejectedError
      const lost = rejected || error instanceof CallFailed || error instanceof NoAnswerInTime
      calls.inc({ to: name, outcome: rejected ? 'rejected' : lost ? 'failed' : 'refused' })
      if (!lost) throw error
      throw new AppError('unavailable', `${name}-service does not answer.`, {
        cause: error,
        headers: { 'retry-after': '1' },
      })
    }
  }
}

/** Makes tries for so long: then no new one begins, and the one under way is not waited for. @throws NoAnswerInTime */
async function inTime<T>(ms: number, tries: (over: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController()
  try {
    return await within(ms, tries(over.signal))
  } catch (error) {
    if (error instanceof NoAnswerInTime) over.abort()
    throw error
  }
}

function measure(to: string, { registry }: Metrics, isOpen: () => boolean): Counter<'to' | 'outcome'> {
  new Gauge({
    name: `circuit_open_${to}`,
    help: `1 while calls to ${to} are not made, since too many failed`,
    registers: [registry],
    collect() {
      this.set(isOpen() ? 1 : 0)
    },
  })
  const known = registry.getSingleMetric('calls_total') as Counter<'to' | 'outcome'> | undefined
  return (
    known ??
    new Counter({
      name: 'calls_total',
      help: 'Calls to other services: answered, refused, failed, rejected without a try, and tries made again',
      labelNames: ['to', 'outcome'],
      registers: [registry],
    })
  )
}
