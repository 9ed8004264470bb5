import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..')
const bootstrap = join(root, 'scripts/bootstrap.mjs')
const START_MS = 240_000

export interface Process {
  readonly name: string
  readonly pid: number
  readonly ports: readonly number[]
  readonly health: 'starting' | 'ready' | 'down'
  readonly restarts: number
}

/** A whole shop of its own, started as a person would, on free ports and with data of its own. */
export interface Shop {
  readonly home: string
  readonly url: string
  readonly adminUrl: string
  /** Runs one of the project's commands against this shop. */
  run(command: string, args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<Outcome>
  status(): Promise<Process[]>
  process(name: string): Promise<Process>
  stop(): Promise<void>
}

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

type Variables = Readonly<Record<string, string>>

/** The environment without the datastores of other suites: this shop brings its own. */
function ownEnvironment(home: string, extra: Variables = {}): NodeJS.ProcessEnv {
  const { MONGODB_URL: _m, POSTGRES_URL: _p, MYSQL_URL: _y, REDIS_URL: _r, EVENT_BUS_URL: _b, ...rest } = process.env
  return { ...rest, ...extra, PORTICO_HOME: home }
}

export interface ShopOptions {
  /** More options of `npm start`. */
  readonly args?: readonly string[]
  readonly env?: Variables
}

/** Starts a shop; or, while you write tests, takes the one that runs in PORTICO_E2E_HOME and leaves it running. */
export async function startShop({ args = [], env = {} }: ShopOptions = {}): Promise<Shop> {
  const running = process.env.PORTICO_E2E_HOME
  if (running) return await reachShop(running)
  const home = mkdtempSync(join(tmpdir(), 'portico e2e-'))
  const child = spawn(process.execPath, [bootstrap, 'start', '--proxy-port', '0', '--admin-port', '0', ...args], {
    cwd: root,
    env: ownEnvironment(home, env),
    // By the channel the shop notices that the test run was killed, and stops.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const stop = async () => {
    await end(child)
    rmSync(home, { recursive: true, force: true })
  }
  try {
    await ready(child, commands(home, env).status)
    return await reach(home, env, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

/** What can be asked of the shop of a home. */
function commands(home: string, env: Variables): Pick<Shop, 'run' | 'status' | 'process'> {
  const run: Shop['run'] = async (command, args = [], also = {}) => {
    try {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [bootstrap, command, ...args], {
        cwd: root,
        env: { ...ownEnvironment(home, env), ...also },
      })
      return { code: 0, stdout, stderr }
    } catch (error) {
      const failed = error as { code: number; stdout: string; stderr: string }
      return { code: failed.code, stdout: failed.stdout, stderr: failed.stderr }
    }
  }
  const status = async () => JSON.parse((await run('status', ['--json'])).stdout) as Process[]
  return {
    run,
    status,
    process: async (name) => {
      const found = (await status()).find((each) => each.name === name)
      if (!found) throw new Error(`the shop has no process ${name}`)
      return found
    },
  }
}

/** The shop that somebody else has started in a home, and will stop. */
export const reachShop = (home: string): Promise<Shop> => reach(home, {}, async () => {})

async function reach(home: string, env: Variables, stop: () => Promise<void>): Promise<Shop> {
  const asked = commands(home, env)
  const [proxyPort, adminPort] = (await asked.process('gateway')).ports
  return {
    ...asked,
    home,
    url: `http://127.0.0.1:${proxyPort}`,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    stop,
  }
}

/** Waits until the gateway, which comes last, is ready. @throws Error with what start printed, when it ended before */
async function ready(child: ChildProcess, status: () => Promise<Process[]>): Promise<void> {
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  child.stderr?.on('data', (chunk) => {
    output += chunk
  })
  const deadline = Date.now() + START_MS
  while (Date.now() < deadline && child.exitCode === null) {
    const gateway = (await status()).find(({ name }) => name === 'gateway')
    if (gateway?.health === 'ready') return
    await wait(200)
  }
  throw new Error(`the shop did not start:\n${output}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}
