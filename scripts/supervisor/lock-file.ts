import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { identify, isRunning } from './process-identity.ts'

/** The process that has a lock. */
export interface Holder {
  readonly pid: number
  readonly identity: string
}

/** Takes a lock file for this process alone. A holder that has died counts as none.
 *  @returns the function that releases it, or the process that has it */
export function takeLock(path: string): (() => void) | Holder {
  const draft = `${path}.${process.pid}`
  const self: Holder = { pid: process.pid, identity: identify(process.pid) ?? '' }
  writeFileSync(draft, JSON.stringify(self), { mode: 0o600 })
  try {
    while (!tryLink(draft, path)) {
      const holder = readHolder(path)
      if (holder !== undefined && isRunning(holder)) return holder
      removeStale(path, holder)
    }
  } finally {
    rmSync(draft, { force: true })
  }
  return () => rmSync(path, { force: true })
}

/** The process that has a lock now, if any. */
export function holderOf(path: string): Holder | undefined {
  const holder = readHolder(path)
  return holder !== undefined && isRunning(holder) ? holder : undefined
}

// A link appears whole or not at all: nobody reads a lock without its holder in it.
function tryLink(draft: string, lock: string): boolean {
  try {
    linkSync(draft, lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Takes a dead process's lock away; if in between another took it, its lock is put back. */
function removeStale(lock: string, stale: Holder | undefined): void {
  const aside = `${lock}.${process.pid}.stale`
  try {
    renameSync(lock, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if (JSON.stringify(readHolder(aside)) !== JSON.stringify(stale)) tryLink(aside, lock)
  rmSync(aside, { force: true })
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder
  } catch {
    return undefined
  }
}
