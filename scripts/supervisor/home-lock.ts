import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hint } from '../command-line/hint.ts'
import { UserError } from '../command-line/user-error.ts'
import type { Home } from '../home.ts'
import { identify, isRunning } from './process-identity.ts'

interface Holder {
  readonly pid: number
  readonly identity: string
}

/** Takes a home for this process alone; the answered function gives it back. A holder that has died counts as none.
 *  @throws UserError when another process has it. */
export function lockHome(home: Home): () => void {
  const draft = `${home.lockFile}.${process.pid}`
  const self: Holder = { pid: process.pid, identity: identify(process.pid) ?? '' }
  writeFileSync(draft, JSON.stringify(self), { mode: 0o600 })
  try {
    while (!tryLink(draft, home.lockFile)) {
      const holder = readHolder(home.lockFile)
      if (holder !== undefined && isRunning(holder)) throw taken(home, holder)
      removeStale(home.lockFile, holder)
    }
  } finally {
    rmSync(draft, { force: true })
  }
  return () => rmSync(home.lockFile, { force: true })
}

/** The process that has this home now, if any. */
export function findHolder(home: Home): Holder | undefined {
  const holder = readHolder(home.lockFile)
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

/** Takes a dead process's lock away; if in between another took the home, its lock is put back. */
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

function taken(home: Home, holder: Holder): UserError {
  return new UserError(
    `Another copy already runs in ${home.root} (process ${holder.pid}).\n` +
      `Stop it with: ${hint(home, 'stop')}\nOr give this one another home and other ports: npm start -- --home DIR --proxy-port 9000 --admin-port 9001`,
  )
}
