/** What one side of the health checks, active or passive, counts; 0 counts nothing. */
export interface Thresholds {
  readonly successes: number
  readonly tcpFailures: number
  readonly timeouts: number
  readonly httpFailures: number
  readonly healthyStatuses: readonly number[]
  readonly unhealthyStatuses: readonly number[]
}

type Counter = 'tcpFailures' | 'timeouts' | 'httpFailures'

/**
 * The health of one address. Failures and successes are counted by both sides together and judged by the thresholds of
 * the side that reports; one kind clears the other, but only where that kind is counted at all.
 * Source: lua-resty-healthcheck 3.1.0, incr_counter.
 */
export class HealthCounters {
  #healthy = true
  #successes = 0
  readonly #failures = { tcpFailures: 0, timeouts: 0, httpFailures: 0 }

  get healthy(): boolean {
    return this.#healthy
  }

  /** Counts an answer by its status; one in neither list says nothing, and 0 stands for an answer without one. */
  status(status: number, limits: Thresholds): void {
    if (limits.healthyStatuses.includes(status)) this.#succeed(limits.successes)
    else if (status === 0 || limits.unhealthyStatuses.includes(status)) this.#fail('httpFailures', limits.httpFailures)
  }

  timeout(limits: Thresholds): void {
    this.#fail('timeouts', limits.timeouts)
  }

  tcpFailure(limits: Thresholds): void {
    this.#fail('tcpFailures', limits.tcpFailures)
  }

  /** For active checks of which only the connection counts. */
  success(limits: Thresholds): void {
    this.#succeed(limits.successes)
  }

  /** Sets the health by hand, and forgets what was counted. */
  set(healthy: boolean): void {
    this.#healthy = healthy
    this.#successes = 0
    this.#clearFailures()
  }

  #succeed(limit: number): void {
    if (limit === 0) return
    this.#clearFailures()
    if (this.#healthy) return
    this.#successes += 1
    if (this.#successes >= limit) this.set(true)
  }

  #fail(counter: Counter, limit: number): void {
    if (limit === 0) return
    this.#successes = 0
    if (!this.#healthy) return
    this.#failures[counter] += 1
    if (this.#failures[counter] >= limit) this.set(false)
  }

  #clearFailures(): void {
    this.#failures.tcpFailures = 0
    this.#failures.timeouts = 0
    this.#failures.httpFailures = 0
  }
}
