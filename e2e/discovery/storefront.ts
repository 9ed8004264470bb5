import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const main = join(import.meta.dirname, '../../services/storefront/src/main.ts')

/** A real process of the one service that needs no datastore. */
export interface Replica {
  /** `host:port`. */
  readonly target: string
  /** Asks it to stop, and waits until it has. */
  stop(): Promise<void>
  kill(): Promise<void>
}

/** Resolves when it listens. @throws Error with what it wrote, when it ends before */
export async function startStorefront(environment: Readonly<Record<string, string>>): Promise<Replica> {
  const nobody = 'http://127.0.0.1:9'
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, PORT: '0', ORDER_URL: nobody, USER_URL: nobody, JWKS_URL: nobody, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let written = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      written += chunk
    })
  const ended = once(child, 'exit').then(() => {
    throw new Error(`storefront ended:\n${written}`)
  })
  const [{ ports }] = (await Promise.race([once(child, 'message'), ended])) as [{ ports: number[] }]
  ended.catch(() => undefined)
  return { target: `127.0.0.1:${ports[0]}`, stop: () => end(child, 'SIGTERM'), kill: () => end(child, 'SIGKILL') }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}
