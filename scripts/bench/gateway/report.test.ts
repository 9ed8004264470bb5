import { describe, expect, it } from 'vitest'
import { readWrk } from './load.ts'
import { type Round, summarise, tableOf } from './report.ts'

const round = (perCpuSecond: number, more: Partial<Round> = {}): Round => ({
  ...{ requests: 100, perSecond: perCpuSecond / 2, p50Ms: 1, p99Ms: 2, bad: 0, perCpuSecond, cpuShare: 0.5 },
  ...more,
})

describe('the report of the gateways', () => {
  const first = { name: 'nginx', rounds: [round(1000), round(100), round(1000)], memory: 1_048_576 }

  it('takes ratios within each round, so that a slow round does not count', () => {
    const second = { name: 'ours', rounds: [round(500), round(50), round(600)], memory: undefined }
    const [, row] = summarise([first, second])
    expect(row).toMatchObject({ ratio: 0.5, requestsPerCpuSecond: 500, cpuMicrosecondsPerRequest: 2000 })
  })

  it('falls back on the clock where CPU time is not known, and shows what went wrong', () => {
    const unknown = { perCpuSecond: undefined, cpuShare: undefined }
    const rows = summarise([
      { ...first, rounds: [round(1000, unknown)] },
      { name: 'ours', rounds: [round(250, { ...unknown, bad: 3 })], memory: undefined },
    ])
    expect(rows[1]).toMatchObject({ ratio: 0.25, requestsPerCpuSecond: undefined, bad: 3 })
    expect(tableOf(rows)).toMatch(/\| ours \(3 bad\) \| +125 \|/)
  })
})

describe('the output of wrk', () => {
  it('is read with its units and faults', () => {
    const text = `  Latency Distribution
     50%  912.00us
     75%    1.20ms
     99%    1.05s
  43210 requests in 3.00s, 50.00MB read
  Socket errors: connect 1, read 2, write 0, timeout 4
  Non-2xx or 3xx responses: 5
Requests/sec:  14400.50
`
    expect(readWrk(text)).toEqual({ requests: 43_210, perSecond: 14_400.5, p50Ms: 0.912, p99Ms: 1050, bad: 12 })
  })

  it('that says nothing is not taken for zero requests', () => {
    expect(() => readWrk('unable to connect')).toThrow(/unable to connect/)
  })
})
