/** Starts a gateway of its own on free ports of 127.0.0.1, as a child process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface RunningGateway {
  readonly proxyPort: number
  readonly adminPort: number
  stop(): Promise<void>
}

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const ANY_PORT = '127.0.0.1:0'
const START_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 5000

/**
 * @param env Kong's own settings for it; settings in this process's environment don't reach it.
 * @throws Error with what it wrote, if it ends or is not ready within 20 seconds.
 */
export async function startGateway(env: Record<string, string>): Promise<RunningGateway> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(KONG|DECK)_/.test(name)))
  const child = spawn(process.execPath, [main, 'start', '--proxy-listen', ANY_PORT, '--admin-listen', ANY_PORT], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let written = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    written = (written + chunk.toString()).slice(-4000)
  })
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    const hung = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await ended
    clearTimeout(hung)
  }
  try {
    const { proxy, admin } = await readPorts(child)
    return { proxyPort: proxy, adminPort: admin, stop }
  } catch (error) {
    await stop()
    throw new Error(`a gateway with ${JSON.stringify(env)} did not start: ${written}`, { cause: error })
  }
}

interface Ready {
  type: 'ready'
  ports: { proxy: number; admin: number }
}

async function readPorts(child: ChildProcess): Promise<Ready['ports']> {
  const waiting = new AbortController()
  const { signal } = waiting
  try {
    const [message] = await Promise.race([
      once(child, 'message', { signal }) as Promise<[Ready]>,
      once(child, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`it ended with ${code}`))),
      sleep(START_TIMEOUT_MS, undefined, { signal }).then(() => Promise.reject(new Error('it took too long'))),
    ])
    return message.ports
  } finally {
    waiting.abort()
  }
}
