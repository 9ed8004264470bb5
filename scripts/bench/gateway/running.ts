import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { endWithUs } from '../../run-program.ts'

/** A server of the comparison that did not come up. */
export class NotReady extends Error {
  override readonly name = 'NotReady'
}

const READY_WITHIN_MS = 60_000
const ENDS_WITHIN_MS = 5000

export interface Running {
  readonly pid: number
  readonly url: string
  /** Waits until it answers. @throws NotReady with the end of what it wrote */
  untilReady(token: string): Promise<void>
  stop(): Promise<void>
}

export interface Start {
  readonly words: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly port: number
  /** Where what it writes goes. */
  readonly log: string
  /** The core it may use, where that can be said (Linux). */
  readonly core: number | undefined
}

/** The words that run a command on one core. */
export const onCore = (core: number | undefined, words: readonly string[]): readonly string[] =>
  core === undefined ? words : ['taskset', '-c', String(core), ...words]

/** Starts a server; it ends with this process at the latest. */
export function startServer({ words, environment, port, log, core }: Start): Running {
  const [command = '', ...rest] = onCore(core, words)
  const file = openSync(log, 'w', 0o600)
  const env = { ...process.env, ...environment, PORT: String(port) }
  const child = spawn(command, rest, { stdio: ['ignore', file, file], env })
  closeSync(file)
  endWithUs(child)
  let failed: Error | undefined
  child.once('error', (error) => {
    failed = error
  })
  const url = `http://127.0.0.1:${port}/echo`
  return {
    pid: child.pid ?? 0,
    url,
    async untilReady(token) {
      const deadline = performance.now() + READY_WITHIN_MS
      while (!(await answers(url, token))) {
        if (failed || child.exitCode !== null || performance.now() > deadline) {
          throw new NotReady(failed?.message ?? readFileSync(log, 'utf8').slice(-2000))
        }
        await wait(50)
      }
    },
    stop: () => stop(child),
  }
}

async function answers(url: string, token: string): Promise<boolean> {
  try {
    const { status } = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
    return status < 500
  } catch {
    return false
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const cut = setTimeout(() => child.kill('SIGKILL'), ENDS_WITHIN_MS)
  await ended
  clearTimeout(cut)
}
