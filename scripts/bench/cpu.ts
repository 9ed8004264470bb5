import { existsSync, readdirSync, readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100
const PAGE_BYTES = 4096

/** Seconds of CPU that each process and its children have used so far, threads included (Linux; elsewhere nothing). */
export function readCpu(processes: readonly { readonly name: string; readonly pid: number }[]): Map<string, number> {
  const all = readProcesses()
  const secondsOf = (pid: number): number => {
    const children = all.filter(({ parent }) => parent === pid)
    const own = all.find((each) => each.pid === pid)?.seconds ?? 0
    return children.reduce((sum, child) => sum + secondsOf(child.pid), own)
  }
  return new Map(processes.map(({ name, pid }) => [name, secondsOf(pid)]))
}

/** Bytes that a process and its children have in memory; undefined where that can't be read. */
export function memoryOf(pid: number): number | undefined {
  const all = readProcesses()
  if (!all.some((each) => each.pid === pid)) return undefined
  const bytesOf = (own: number): number =>
    all.filter(({ parent }) => parent === own).reduce((sum, child) => sum + bytesOf(child.pid), memoryAt(all, own))
  return bytesOf(pid)
}

const memoryAt = (all: readonly Process[], pid: number): number => all.find((each) => each.pid === pid)?.memory ?? 0

interface Process {
  readonly pid: number
  readonly parent: number
  readonly seconds: number
  readonly memory: number
}

function readProcesses(): Process[] {
  const pids = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : []
  return pids.flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number)
      const [parent = 0, user = 0, system = 0, pages = 0] = [fields[1], fields[11], fields[12], fields[21]]
      return [{ pid: Number(pid), parent, seconds: (user + system) / TICKS_PER_SECOND, memory: pages * PAGE_BYTES }]
    } catch {
      // It ended meanwhile.
      return []
    }
  })
}

/** Milliseconds of CPU for each of so many orders, by process, the largest first. */
export function costOf(before: Map<string, number>, after: Map<string, number>, orders: number): [string, number][] {
  return [...after]
    .map(([name, seconds]): [string, number] => [name, ((seconds - (before.get(name) ?? 0)) * 1000) / orders])
    .filter(([, ms]) => ms >= 0.005)
    .sort(([, a], [, b]) => b - a)
}
