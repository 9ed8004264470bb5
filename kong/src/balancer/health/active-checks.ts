import type { ActiveHealthcheck } from '../../config/entities.ts'
import type { Address } from '../address.ts'
import { type ProbeResult, probe } from './probe.ts'

export interface ActiveChecksOptions {
  readonly check: ActiveHealthcheck
  /** The addresses as they are at that moment, with their health. */
  addresses(): Iterable<{ readonly address: Address; readonly healthy: boolean }>
  /** The Host header for an address. */
  hostFor(address: Address): string
  report(address: Address, result: ProbeResult): void
}

/** Checks addresses at intervals: healthy ones by one clock, unhealthy ones by another. Answers how to stop it. */
export function startActiveChecks(options: ActiveChecksOptions): () => void {
  const { check } = options
  if (check.type === 'tcp') return () => undefined
  const clocks = [
    { every: check.healthy.interval, healthy: true },
    { every: check.unhealthy.interval, healthy: false },
  ].filter(({ every }) => every > 0)
  const timers = clocks.map(({ every, healthy }) => {
    let running = false
    const round = async () => {
      if (running) return
      running = true
      await checkAll(options, healthy)
      running = false
    }
    return setInterval(round, every * 1000).unref()
  })
  return () => {
    for (const timer of timers) clearInterval(timer)
  }
}

async function checkAll({ check, addresses, hostFor, report }: ActiveChecksOptions, healthy: boolean): Promise<void> {
  const due = [...addresses()].filter((entry) => entry.healthy === healthy)
  const worker = async () => {
    for (let next = due.shift(); next; next = due.shift()) {
      report(next.address, await probe(check, next.address, hostFor(next.address)))
    }
  }
  await Promise.all(Array.from({ length: Math.min(check.concurrency, due.length) }, worker))
}
