import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isReady } from '../probe.ts'
import { identify } from './process-identity.ts'
import type { ProcessSpec } from './process-spec.ts'

export type Health = 'starting' | 'ready' | 'down'

/** How a process ended, for people: "exit code 1", "SIGKILL", "ENOENT". */
export type Ending = string

const probeIntervalMs = 50

/** One process of the shop: starts it, knows how it is, stops it. Whether to start it again is the supervisor's to say. */
export class ManagedProcess {
  readonly spec: ProcessSpec
  health: Health = 'down'
  restarts = 0
  /** Of the present process, or of the last one. */
  pid: number | undefined
  identity: string | undefined
  readonly #log: string
  readonly #onChange: () => void
  #child: ChildProcess | undefined
  #ended: Promise<Ending> = Promise.resolve('never started')

  constructor(spec: ProcessSpec, log: string, onChange: () => void) {
    this.spec = spec
    this.#log = log
    this.#onChange = onChange
  }

  /** Starts the process. Resolves at its end, never rejects. */
  start(): Promise<Ending> {
    const log = openSync(this.#log, 'a', 0o600)
    const { command, args, env, currentEnv, ipc } = this.spec
    const child = spawn(command, args, {
      env: { ...process.env, ...env, ...currentEnv?.() },
      // A group of its own: Ctrl-C in the terminal is the supervisor's alone to answer.
      detached: true,
      stdio: ['ignore', log, log, ...(ipc ? (['ipc'] as const) : [])],
    })
    closeSync(log)
    this.#child = child
    this.pid = child.pid
    this.identity = child.pid === undefined ? undefined : identify(child.pid)
    this.#setHealth('starting')
    this.#ended = new Promise((resolve) => {
      const end = (how: Ending) => {
        this.#child = undefined
        this.#setHealth('down')
        const afterwards = this.spec.afterwards?.() ?? Promise.resolve()
        afterwards.catch(() => undefined).then(() => resolve(how))
      }
      child.once('error', (error) => {
        if (child.pid === undefined) end(error.message)
      })
      child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`))
    })
    return this.#ended
  }

  /** Waits until the present process is ready: true; or has ended, or the time is over: false. */
  async becomesReady(timeoutMs: number): Promise<boolean> {
    const child = this.#child
    const deadline = Date.now() + timeoutMs
    while (child !== undefined && child === this.#child && Date.now() < deadline) {
      if ((await isReady(this.spec.probe)) && child === this.#child) {
        this.#setHealth('ready')
        return true
      }
      await sleep(probeIntervalMs)
    }
    return false
  }

  /** Asks the process to stop, and ends it and all it started when it hasn't after `patienceMs`. */
  async stop(patienceMs: number): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    child.kill(this.spec.stopSignal)
    const patience = sleep(patienceMs, 'impatient', { ref: false })
    if ((await Promise.race([this.#ended, patience])) !== 'impatient') return
    if (child === this.#child && child.pid !== undefined) killGroup(child.pid)
    await this.#ended
  }

  #setHealth(health: Health): void {
    this.health = health
    this.#onChange()
  }
}

/** Ends a process and its group at once; one that is gone is no error. */
export function killGroup(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}
