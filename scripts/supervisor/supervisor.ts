import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../command-line/user-error.ts'
import type { Home } from '../home.ts'
import { BackOff } from './back-off.ts'
import { readFailure, rotateLog, sizeOf } from './log-file.ts'
import { type Ending, ManagedProcess } from './managed-process.ts'
import { identify } from './process-identity.ts'
import type { ProcessKind, ProcessSpec } from './process-spec.ts'
import type { Report } from './report.ts'
import { removeRunFile, writeRunFile } from './run-file.ts'

/** RabbitMQ takes 10 seconds, and on a busy machine more than a minute. */
const startTimeoutMs = 180_000
/** A process that is added to a running shop has no start to hold up. */
const addTimeoutMs = 300_000
const rotationIntervalMs = 10_000
const restartTimeoutMs = 30_000
const restartPollMs = 50

const allStopped = 'Everything else was stopped. Put that right and start again; the data is untouched.'

// Together less than the five seconds that stopping may take.
const patienceMs: Readonly<Record<ProcessKind, number>> = { gateway: 1000, service: 1700, datastore: 1700 }

/** Runs a set of processes: starts each when those it needs are ready, restarts what dies once all are, stops them all. */
export class Supervisor {
  readonly #home: Home
  readonly #report: Report
  readonly #processes = new Map<string, ManagedProcess>()
  readonly #ready = new Map<string, Promise<void>>()
  /** How long each log was before this run wrote to it. */
  readonly #logStarts = new Map<string, number>()
  /** Those that are not to be started again. */
  readonly #leaving = new WeakSet<ManagedProcess>()
  readonly #stopping = new AbortController()
  readonly #rotation: NodeJS.Timeout
  #established = false
  #stopped: Promise<void> | undefined
  #failStart: (error: Error) => void = () => {}

  constructor(home: Home, report: Report) {
    this.#home = home
    this.#report = report
    this.#rotation = setInterval(() => this.#rotateLogs(), rotationIntervalMs)
  }

  /** Starts these processes, each after those it names, and resolves when all are ready.
   *  @throws UserError naming the one that failed; the caller then stops the rest. */
  async start(specs: readonly ProcessSpec[]): Promise<void> {
    for (const spec of specs) this.#manage(spec)
    const failure = new Promise<never>((_, reject) => {
      this.#failStart = reject
    })
    for (const { name } of specs)
      this.#ready.set(
        name,
        Promise.resolve().then(() => this.#bringUp(name)),
      )
    await Promise.race([Promise.all(specs.map(({ name }) => this.#ready.get(name))), failure])
  }

  /** Resolves when this process, of those to start, is ready for the first time. */
  async whenReady(name: string): Promise<void> {
    await this.#ready.get(name)
  }

  /** From now on whatever dies is restarted; before, it is an error of the start. */
  establish(): void {
    this.#established = true
  }

  /** Adds a process to those that run, and looks after it as after them. Resolves when it is ready.
   *  @throws UserError when it isn't; it is stopped then, and all else runs on */
  async add(spec: ProcessSpec): Promise<void> {
    if (this.#stopping.signal.aborted) return
    this.#manage(spec)
    const ready = this.#bringUp(spec.name, addTimeoutMs)
    this.#ready.set(spec.name, ready)
    await ready.catch(async (error) => {
      this.#report.done(spec.name, 'could not be started')
      await this.remove(spec.name, patienceMs.service)
      throw error
    })
  }

  /** Stops a process, given so long to end by itself, and forgets it. */
  async remove(name: string, patience: number): Promise<void> {
    const process = this.#processes.get(name)
    if (process === undefined || this.#stopping.signal.aborted) return
    this.#leaving.add(process)
    await process.stop(patience)
    this.#processes.delete(name)
    this.#ready.delete(name)
    this.#writeRun()
  }

  /** The processes that this one looks after. */
  get names(): readonly string[] {
    return [...this.#processes.keys()]
  }

  /**
   * Ends a process once it has finished its work, and starts it again. Resolves when it is ready.
   *
   * @param patience Milliseconds to finish; then it is killed.
   * @throws UserError when it does not become ready; it is tried again and again, as after any end
   */
  async restart(name: string, patience: number): Promise<void> {
    const process = this.#get(name)
    const { pid } = process
    this.#logStarts.set(name, sizeOf(this.#home.log(name)))
    await process.stop(patience)
    const deadline = Date.now() + restartTimeoutMs
    while (!this.#isOver(process) && (process.pid === pid || process.health !== 'ready')) {
      if (Date.now() > deadline) throw this.#failure(name, `was not ready after ${restartTimeoutMs / 1000} seconds`)
      await sleep(restartPollMs)
    }
  }

  /** Stops all: the gateway first, then services, then datastores; within five seconds. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll()
    return this.#stopped
  }

  #manage(spec: ProcessSpec): void {
    const log = this.#home.log(spec.name)
    this.#processes.set(spec.name, new ManagedProcess(spec, log, () => this.#writeRun()))
    this.#logStarts.set(spec.name, sizeOf(log))
  }

  async #bringUp(name: string, timeoutMs = startTimeoutMs): Promise<void> {
    const process = this.#get(name)
    const { spec } = process
    await Promise.all(spec.after.map((each) => this.#ready.get(each)))
    if (this.#stopping.signal.aborted) return
    this.#report.begin(name)
    await this.#attempt(name, spec.prepare)
    if (this.#stopping.signal.aborted) return
    const ended = process.start()
    void this.#keepRunning(process, ended)
    if (!(await process.becomesReady(timeoutMs))) {
      const late = process.health === 'starting'
      throw this.#failure(name, late ? `was not ready after ${timeoutMs / 1000} seconds` : `ended (${await ended})`)
    }
    await this.#attempt(name, spec.provision)
    this.#report.done(name, spec.title)
  }

  async #attempt(name: string, step?: () => Promise<void>): Promise<void> {
    try {
      await step?.()
    } catch (error) {
      throw this.#failure(name, error instanceof Error ? error.message : String(error))
    }
  }

  async #keepRunning(process: ManagedProcess, first: Promise<Ending>): Promise<void> {
    const backOff = new BackOff()
    let ended = first
    for (;;) {
      const startedAt = Date.now()
      const ending = await ended
      if (this.#isOver(process)) return
      if (!this.#established) {
        this.#failStart(this.#failure(process.spec.name, `ended (${ending})`))
        return
      }
      const waitMs = backOff.next(Date.now() - startedAt)
      this.#report.note(`${process.spec.name} ended (${ending}); restarting it in ${waitMs / 1000} s`)
      await sleep(waitMs, undefined, { signal: this.#stopping.signal }).catch(() => {})
      if (this.#isOver(process)) return
      process.restarts += 1
      ended = process.start()
      void process.becomesReady(Number.POSITIVE_INFINITY)
    }
  }

  #isOver(process: ManagedProcess): boolean {
    return this.#stopping.signal.aborted || this.#leaving.has(process)
  }

  async #stopAll(): Promise<void> {
    this.#stopping.abort()
    clearInterval(this.#rotation)
    for (const kind of ['gateway', 'service', 'datastore'] as const) {
      const processes = [...this.#processes.values()].filter(({ spec }) => spec.kind === kind)
      await Promise.all(processes.map((process) => process.stop(patienceMs[kind])))
    }
    removeRunFile(this.#home.runFile)
  }

  #get(name: string): ManagedProcess {
    const found = this.#processes.get(name)
    if (found === undefined) throw new Error(`no process is named ${name}`)
    return found
  }

  #failure(name: string, what: string): UserError {
    const log = this.#home.log(name)
    const lines = readFailure(log, 12, this.#logStarts.get(name)).map((line) => `    ${line}`)
    const said = lines.length > 0 ? `From ${log}:\n${lines.join('\n')}` : `It wrote nothing to ${log}.`
    return new UserError(
      `${name} could not be started: ${what}.\n${said}\n${this.#established ? 'Everything else runs on.' : allStopped}`,
    )
  }

  #rotateLogs(): void {
    for (const { spec } of this.#processes.values()) {
      for (const name of [spec.name, ...(spec.extraLogs ?? [])]) rotateLog(this.#home.log(name))
    }
  }

  #writeRun(): void {
    const processes = [...this.#processes.values()].flatMap(({ spec, pid, identity, health, restarts }) =>
      pid === undefined
        ? []
        : [
            {
              name: spec.name,
              kind: spec.kind,
              pid,
              identity: identity ?? '',
              ports: [...spec.ports],
              health,
              restarts,
              probe: spec.probe,
              stopSignal: spec.stopSignal,
            },
          ],
    )
    const supervisor = { pid: process.pid, identity: identify(process.pid) ?? '' }
    writeRunFile(this.#home.runFile, { supervisor, processes })
  }
}
