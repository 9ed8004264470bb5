import { describe, expect, it } from 'vitest'
import { HealthCounters, type Thresholds } from './health-counters.ts'

const limits: Thresholds = {
  successes: 2,
  tcpFailures: 2,
  timeouts: 1,
  httpFailures: 3,
  healthyStatuses: [200],
  unhealthyStatuses: [500],
}

function after(...reports: (number | 'timeout' | 'tcp')[]): HealthCounters {
  return afterWith(limits, ...reports)
}

function afterWith(given: Thresholds, ...reports: (number | 'timeout' | 'tcp')[]): HealthCounters {
  const counters = new HealthCounters()
  for (const report of reports) {
    if (report === 'timeout') counters.timeout(given)
    else if (report === 'tcp') counters.tcpFailure(given)
    else counters.status(report, given)
  }
  return counters
}

describe('the health of an address', () => {
  it('is lost after so many failures of one kind', () => {
    expect(after(500, 500, 'tcp').healthy).toBe(true)
    expect(after(500, 500, 500).healthy).toBe(false)
    expect(after('tcp', 'tcp').healthy).toBe(false)
    expect(after('timeout').healthy).toBe(false)
  })

  it('comes back after so many successes in a row', () => {
    expect(after('timeout', 200).healthy).toBe(false)
    expect(after('timeout', 200, 500, 200).healthy).toBe(false)
    expect(after('timeout', 200, 200).healthy).toBe(true)
  })

  it('forgets failures at a success, but only where successes are counted', () => {
    expect(after(500, 500, 200, 500).healthy).toBe(true)
    expect(afterWith({ ...limits, successes: 0 }, 500, 500, 200, 500).healthy).toBe(false)
  })

  it('does not care for a status in neither list', () => {
    expect(after(500, 500, 404, 500).healthy).toBe(false)
  })

  it('takes an answer without a status for a failure', () => {
    expect(after(0, 0, 0).healthy).toBe(false)
  })

  it('counts nothing where the threshold is 0', () => {
    expect(afterWith({ ...limits, timeouts: 0 }, 'timeout', 'timeout').healthy).toBe(true)
  })

  it('that is set by hand starts to count anew', () => {
    const counters = after(500, 500)
    counters.set(true)
    counters.status(500, limits)
    expect(counters.healthy).toBe(true)
  })
})
