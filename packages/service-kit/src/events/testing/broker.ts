import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'

/** How one kind of broker is run for tests, in a folder and on a port of its own. */
export interface BrokerKind {
  command(place: BrokerPlace): Promise<readonly [command: string, args: readonly string[], env?: NodeJS.ProcessEnv]>
  url(place: BrokerPlace): string
  /** Rejects as long as it does not answer. */
  ping(url: string): Promise<void>
}

export interface BrokerPlace {
  readonly folder: string
  readonly port: number
}

const START_MS = 180_000

/** A real broker that a test stops, kills and starts again with the same data. */
export class Broker {
  readonly url: string
  readonly #kind: BrokerKind
  readonly #place: BrokerPlace
  #process: ChildProcess | undefined

  private constructor(kind: BrokerKind, place: BrokerPlace) {
    this.#kind = kind
    this.#place = place
    this.url = kind.url(place)
  }

  static async start(kind: BrokerKind): Promise<Broker> {
    const folder = await mkdtemp(join(tmpdir(), 'portico-broker-'))
    const broker = new Broker(kind, { folder, port: await freePort() })
    await broker.start()
    return broker
  }

  async start(): Promise<void> {
    const [command, args, env] = await this.#kind.command(this.#place)
    const { folder } = this.#place
    const log = await open(join(folder, 'broker.log'), 'a')
    const stdio = ['ignore', log.fd, log.fd] as const
    this.#process = spawn(command, args, { stdio: [...stdio], cwd: folder, env: { ...process.env, ...env } })
    await log.close()
    const ended = new Promise<never>((_, reject) => {
      this.#process?.once('error', reject)
      this.#process?.once('exit', (code) => reject(new Error(`${command} ended (${code}); ${folder}/broker.log`)))
    })
    ended.catch(() => undefined)
    await Promise.race([vi.waitFor(() => this.#kind.ping(this.url), { timeout: START_MS, interval: 50 }), ended])
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const running = this.#process
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const ended = new Promise((resolve) => running.once('exit', resolve))
    running.kill(signal)
    await ended
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL')
    await rm(this.#place.folder, { recursive: true, force: true })
  }
}

/** Below the ports of outgoing connections, one of which could take it while the broker is down. */
const PORTS = [20_000, 32_000] as const
/** A broker may want some more ports, right after its own. */
const NEIGHBOURS = 3

async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(...PORTS)
    const free = await Promise.all(Array.from({ length: NEIGHBOURS }, (_, i) => isFree(port + i)))
    if (free.every(Boolean)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const bound = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(true))
  })
  if (bound) await new Promise((resolve) => server.close(resolve))
  return bound
}

/** The program of a broker: the variable is set by `npm test`, which finds or installs it. */
export const programOf = (variable: string, name: string): string => process.env[variable] || name
