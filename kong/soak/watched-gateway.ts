/** A gateway in a process of its own that can be asked how much it holds. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Ports } from '../src/gateway.ts'
import type { Held } from './memory-probe.ts'

export interface WatchedGateway {
  readonly ports: Ports
  /** @throws Error once the process has ended. */
  measure(): Promise<Held>
  stop(): Promise<void>
}

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const probe = new URL('memory-probe.ts', import.meta.url).href

/** Starts it without a configuration, on free ports of 127.0.0.1. */
export async function startWatchedGateway(): Promise<WatchedGateway> {
  const listens = ['--proxy-listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0']
  const child = spawn(process.execPath, ['--expose-gc', '--import', probe, main, 'start', ...listens], {
    env: { PATH: process.env.PATH ?? '', KONG_LOG_LEVEL: 'crit' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const { ports } = await message<{ type: 'ready'; ports: Ports }>(child, 'ready')
  return {
    ports,
    async measure() {
      const answer = message<Held>(child, 'held')
      child.send('measure')
      return answer
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

function message<T extends { type: string }>(child: ChildProcess, type: T['type']): Promise<T> {
  return new Promise((resolve, reject) => {
    const onMessage = (said: T) => {
      if (said.type !== type) return
      child.off('message', onMessage)
      child.off('exit', onExit)
      resolve(said)
    }
    const onExit = (code: number | null) => reject(new Error(`the gateway ended with ${code}`))
    child.on('message', onMessage)
    child.once('exit', onExit)
  })
}
