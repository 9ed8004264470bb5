import { readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100

/** Seconds of CPU that each process has used so far, its threads included (Linux; elsewhere nothing). */
export function readCpu(processes: readonly { readonly name: string; readonly pid: number }[]): Map<string, number> {
  return new Map(processes.map(({ name, pid }) => [name, secondsOf(pid)]))
}

function secondsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  } catch {
    return 0
  }
}

/** Milliseconds of CPU for each of so many orders, by process, the largest first. */
export function costOf(before: Map<string, number>, after: Map<string, number>, orders: number): [string, number][] {
  return [...after]
    .map(([name, seconds]): [string, number] => [name, ((seconds - (before.get(name) ?? 0)) * 1000) / orders])
    .filter(([, ms]) => ms >= 0.005)
    .sort(([, a], [, b]) => b - a)
}
