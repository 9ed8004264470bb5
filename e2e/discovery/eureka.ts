import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const project = join(import.meta.dirname, 'eureka-server')
const jar = join(project, 'target', 'eureka-server.jar')
const START_MS = 240_000

/** Quick to hear, and quick to forget: Eureka's own defaults take minutes. */
const settings = {
  'eureka.client.register-with-eureka': false,
  'eureka.client.fetch-registry': false,
  'eureka.server.enable-self-preservation': false,
  'eureka.server.eviction-interval-timer-in-ms': 1000,
  'eureka.server.response-cache-update-interval-ms': 500,
  'eureka.server.wait-time-in-ms-when-sync-empty': 0,
  'spring.main.banner-mode': 'off',
}

/** A real Eureka server, from Maven: spring-cloud-starter-netflix-eureka-server. */
export class EurekaServer {
  #port = 0
  #child: ChildProcess | undefined

  get url(): string {
    return `eureka:http://127.0.0.1:${this.#port}/eureka`
  }

  /** Builds it where need be. @throws Error that says what is missing, or what the server wrote */
  async start(): Promise<void> {
    if (!existsSync(jar)) await run('mvn', ['-q', '-B', 'package'])
    this.#port ||= await findPort()
    const args = Object.entries({ ...settings, 'server.port': this.#port }).map(([name, value]) => `--${name}=${value}`)
    const child = spawn('java', ['-Xmx256m', '-jar', jar, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    const written = collect(child)
    const failed = Promise.race([
      once(child, 'error').then(() => Promise.reject(missing('java'))),
      once(child, 'exit').then(() => Promise.reject(new Error(`Eureka ended:\n${written()}`))),
    ])
    failed.catch(() => undefined)
    await Promise.race([this.#answers(), failed])
  }

  /** Ends it; what was registered is forgotten. */
  async stop(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  async #answers(): Promise<void> {
    const deadline = Date.now() + START_MS
    const apps = `${this.url.replace('eureka:', '')}/apps`
    while (Date.now() < deadline) {
      const answer = await fetch(apps).catch(() => undefined)
      await answer?.body?.cancel()
      if (answer?.ok) return
      await wait(200)
    }
    throw new Error(`Eureka did not answer within ${START_MS / 1000} seconds`)
  }
}

const missing = (program: string): Error =>
  new Error(`${program} is missing: Eureka is built and run by a JDK (17 or later) and Maven (3.8 or later)`)

async function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] })
  const written = collect(child)
  const [code] = await Promise.race([
    once(child, 'exit'),
    once(child, 'error').then(() => Promise.reject(missing(program))),
  ])
  if (code !== 0) throw new Error(`${program} failed:\n${written()}`)
}

function collect(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      text = (text + chunk).slice(-20_000)
    })
  return () => text
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
