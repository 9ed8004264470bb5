import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning } from '../scripts/supervisor/process-identity.ts'
import type { ProcessRecord } from '../scripts/supervisor/run-file.ts'
import type { ActionLog } from './action-log.ts'
import type { Link } from './link.ts'
import type { Fault } from './schedule.ts'
import type { Victim } from './shop.ts'

const LOOK_MS = 100
/** How long a process that is down is waited for, so that a blow hits something. */
const PATIENCE_MS = 6000
const PAUSE_AT_STEP_MS = 4000

/** Does to a shop what the schedule says, and in the end undoes all of it that can be undone. */
export class Injector {
  readonly #victim: Victim
  readonly #log: ActionLog
  readonly #under = new Set<Promise<void>>()
  readonly #paused = new Map<number, ProcessRecord>()
  readonly #seen = new Set<string>()

  constructor(victim: Victim, log: ActionLog) {
    this.#victim = victim
    this.#log = log
  }

  /** Carries out the whole schedule, each fault at its time whatever the others take; or until `stop`. */
  async carryOut(schedule: readonly Fault[], durationMs: number, stop: AbortSignal): Promise<void> {
    const startedAt = Date.now()
    const until = (atMs: number) =>
      sleep(Math.max(0, startedAt + atMs - Date.now()), undefined, { signal: stop }).catch(() => undefined)
    const watching = setInterval(() => this.#seeHits(), LOOK_MS)
    try {
      for (const fault of schedule) {
        await until(fault.atMs)
        if (stop.aborted) return
        const work = this.#commit(fault).catch((error) => this.#log.write('failed', fault.type, { why: String(error) }))
        this.#under.add(work)
        void work.finally(() => this.#under.delete(work))
      }
      await Promise.all([until(durationMs), ...this.#under])
    } finally {
      clearInterval(watching)
    }
  }

  /** Nothing is armed, paused, cut or slowed down any more. */
  heal(): void {
    this.#seeHits()
    for (const name of readdirSync(this.#victim.armory)) {
      if (name.includes('.hit.')) continue
      this.#log.write('not reached', name)
      rmSync(join(this.#victim.armory, name), { force: true })
    }
    for (const link of this.#victim.links) link.mend()
    for (const pid of [...this.#paused.keys()]) this.#letGoOn(pid)
  }

  async #commit(fault: Fault): Promise<void> {
    switch (fault.type) {
      case 'kill':
        return this.#signal(fault.target, 'kill', 'SIGKILL')
      case 'stop':
        return this.#signal(fault.target, 'stop', 'SIGTERM')
      case 'kill_all':
        return this.#killAll()
      case 'pause':
        return this.#pause(fault.target, fault.forMs)
      case 'cut':
        this.#link(fault.link).cut()
        return this.#log.write('cut', fault.link)
      case 'delay':
        this.#link(fault.link).delay(fault.delayMs)
        return this.#mendAfter(fault.forMs, 'delay', fault.link)
      case 'swallow':
        this.#link(fault.link).swallow()
        return this.#mendAfter(fault.forMs, 'swallow', fault.link)
      case 'duplicate':
        return this.#log.write('duplicate', 'events', {
          events: await this.#victim.bus.duplicate(fault.count),
        })
      case 'arm':
        writeFileSync(join(this.#victim.armory, fault.step), `${fault.blow} ${fault.afterPassages}`)
        return this.#log.write('arm', fault.step, { blow: fault.blow })
    }
  }

  async #signal(target: string, action: string, signal: NodeJS.Signals): Promise<void> {
    const record = await this.#running(target)
    if (record && strike(record.pid, signal)) this.#log.write(action, target, { pid: record.pid })
    else this.#log.write('missed', target)
  }

  /** As if the power had gone. */
  #killAll(): void {
    for (const { name, pid } of this.#victim.processes().filter(isRunning)) {
      if (strike(pid, 'SIGKILL')) this.#log.write('kill', name, { pid, all: true })
    }
    this.#log.write('power cut', 'everything')
  }

  async #pause(target: string, forMs: number): Promise<void> {
    const record = await this.#running(target)
    if (!record || !strike(record.pid, 'SIGSTOP')) return this.#log.write('missed', target)
    this.#paused.set(record.pid, record)
    this.#log.write('pause', target, { forMs })
    await sleep(forMs)
    this.#letGoOn(record.pid)
  }

  #letGoOn(pid: number): void {
    const record = this.#paused.get(pid)
    this.#paused.delete(pid)
    if (record && isRunning(record)) strike(pid, 'SIGCONT')
  }

  async #mendAfter(forMs: number, action: string, name: string): Promise<void> {
    this.#log.write(action, name, { forMs })
    await sleep(forMs)
    this.#link(name).mend()
  }

  #link(name: string): Link {
    const link = this.#victim.links.find((each) => each.name === name)
    if (!link) throw new Error(`there is no link ${name}`)
    return link
  }

  async #running(target: string): Promise<ProcessRecord | undefined> {
    const deadline = Date.now() + PATIENCE_MS
    while (Date.now() < deadline) {
      const record = this.#victim.processes().find(({ name }) => name === target)
      if (record && isRunning(record)) return record
      await sleep(50)
    }
    return undefined
  }

  /** Notes which armed steps were reached, and lets those go on after a while that only stopped there. */
  #seeHits(): void {
    for (const name of readdirSync(this.#victim.armory)) {
      const [, step, pidText] = /^(.*)\.hit\.(\d+)$/.exec(name) ?? []
      if (step === undefined || this.#seen.has(name)) continue
      this.#seen.add(name)
      const pid = Number(pidText)
      const record = this.#victim.processes().find((each) => each.pid === pid)
      this.#log.write('step', step, { pid })
      rmSync(join(this.#victim.armory, name), { force: true })
      this.#seen.delete(name)
      if (!record || !isRunning(record)) continue
      this.#paused.set(pid, record)
      setTimeout(() => this.#letGoOn(pid), PAUSE_AT_STEP_MS)
    }
  }
}

function strike(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch {
    return false
  }
}
