import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { type Operation, type Side, stepOf } from './steps.ts'

/** What an armed step does to the process that passes it: ends it, or stops it until somebody lets it go on. */
const signals = { kill: 'SIGKILL', pause: 'SIGSTOP' } as const
export type Blow = keyof typeof signals

/** Called on either side of an operation; does not return when the step is armed with `kill`. */
export type Pass = (side: Side, operation: Operation) => void

/**
 * Looks, at each step, whether it is armed: a file of the step's name in the folder, holding `kill` or `pause` and after
 * how many passages. Of several replicas one takes it, by renaming it; the new name says which process that was.
 */
export function createPass(folder: string, name: string): Pass {
  const passages = new Map<string, number>()
  return (side, operation) => {
    const step = stepOf(name, side, operation)
    const armed = join(folder, step)
    if (!existsSync(armed)) return
    const passed = (passages.get(step) ?? 0) + 1
    passages.set(step, passed)
    const [blow, after] = readIfThere(armed).split(' ')
    if (blow === undefined || !Object.hasOwn(signals, blow) || passed <= Number(after ?? 0)) return
    if (!take(armed)) return
    passages.delete(step)
    process.kill(process.pid, signals[blow as Blow])
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

function take(armed: string): boolean {
  try {
    renameSync(armed, `${armed}.hit.${process.pid}`)
    return true
  } catch {
    return false
  }
}
