import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What tells a process from a later one that was given the same number: when it started. Undefined if there is none
 *  (a process that has ended and was not yet reaped counts as gone). */
export function identify(pid: number): string | undefined {
  return process.platform === 'linux' ? identifyOnLinux(pid) : identifyElsewhere(pid)
}

/** Whether this very process still runs. */
export function isRunning({ pid, identity }: { readonly pid: number; readonly identity: string }): boolean {
  return identify(pid) === identity
}

function identifyOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in parentheses may hold anything; what follows it are numbered fields, see proc(5).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, startTime] = [fields[0], fields[19]]
    return state === 'Z' || state === 'X' || startTime === undefined ? undefined : `${bootId()}/${startTime}`
  } catch {
    return undefined
  }
}

function identifyElsewhere(pid: number): string | undefined {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined
  }
}

let boot: string | undefined

function bootId(): string {
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  return boot
}
