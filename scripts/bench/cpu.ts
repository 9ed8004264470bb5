import { existsSync, readdirSync, readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100

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

function readProcesses(): { pid: number; parent: number; seconds: number }[] {
  const pids = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : []
  return pids.flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number)
      const [parent = 0, user = 0, system = 0] = [fields[1], fields[11], fields[12]]
      return [{ pid: Number(pid), parent, seconds: (user + system) / TICKS_PER_SECOND }]
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
