/** The Redis that the group `rate-limiting-redis` asks for: without a password, on 127.0.0.1:16399. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const PORT = 16_399

/** @returns how to stop it; undefined when no redis-server is on PATH. A Redis that already listens there is used. */
export async function startRedis(): Promise<(() => Promise<void>) | undefined> {
  if (await answers()) return async () => {}
  const child = spawn(
    'redis-server',
    ['--port', String(PORT), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    {
      stdio: 'ignore',
    },
  )
  const ended = once(child, 'exit').catch(() => undefined)
  const started = await once(child, 'spawn').catch(() => undefined)
  if (!started || !(await becomesReady(child))) return undefined
  return async () => {
    child.kill('SIGTERM')
    await ended
  }
}

async function becomesReady(child: ChildProcess): Promise<boolean> {
  while (child.exitCode === null) {
    if (await answers()) return true
    await sleep(50)
  }
  return false
}

function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port: PORT, host: '127.0.0.1' }, () => socket.write('PING\r\n'))
    const finish = (ready: boolean) => {
      socket.destroy()
      resolve(ready)
    }
    socket.setTimeout(1000, () => finish(false))
    socket.once('data', (chunk) => finish(chunk.toString().startsWith('+PONG')))
    socket.once('error', () => finish(false))
    socket.once('close', () => finish(false))
  })
}
