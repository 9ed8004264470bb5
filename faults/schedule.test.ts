import { describe, expect, it } from 'vitest'
import { steps } from './points/steps.ts'
import { planFaults } from './schedule.ts'

const targets = ['gateway', 'order', 'payment', 'mysql', 'postgres']
const plan = {
  seed: 5,
  durationMs: 90_000,
  kills: 20,
  targets,
  datastores: ['mysql', 'postgres'],
  links: ['order>mysql'],
  steps,
}

describe('the schedule of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planFaults(plan)).toEqual(planFaults(plan))
    expect(planFaults({ ...plan, seed: 6 })).not.toEqual(planFaults(plan))
  })

  it('kills as often as asked, and each process at least once', () => {
    const killed = planFaults(plan).flatMap((fault) => (fault.type === 'kill' ? fault.target : []))
    expect(killed).toHaveLength(20)
    expect([...new Set(killed)].sort()).toEqual([...targets].sort())
  })

  it('arms every step once before any twice, where the run is long enough', () => {
    const armed = planFaults({ ...plan, durationMs: steps.length * 9000 }).flatMap((fault) =>
      fault.type === 'arm' ? fault.step : [],
    )
    expect(armed.sort()).toEqual([...steps].sort())
  })

  it('does everything within its time, in order', () => {
    const times = planFaults(plan).map(({ atMs }) => atMs)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times.every((atMs) => atMs >= 0 && atMs <= plan.durationMs)).toBe(true)
  })

  it('does nothing to a shop that nothing is to happen to', () => {
    expect(planFaults({ ...plan, kills: 0 })).toEqual([])
  })
})
