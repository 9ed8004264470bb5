/** Loaded into the gateway's process before it starts: tells its parent how much it holds, when asked. */
import { readdirSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

const COLLECTIONS = 4

/** Bytes, and what is open, after a collection of garbage. */
export interface Held {
  readonly type: 'held'
  readonly rss: number
  readonly heap: number
  /** Buffers and the like. */
  readonly external: number
  /** Sockets, timers and so on of the event loop. */
  readonly resources: number
  /** Undefined where the system does not tell. */
  readonly files: number | undefined
}

process.on('message', async (message) => {
  if (message !== 'measure') return
  await collectAll()
  const { rss, heapUsed, external } = process.memoryUsage()
  const resources = process.getActiveResourcesInfo().length
  process.send?.({ type: 'held', rss, heap: heapUsed, external, resources, files: openFiles() } satisfies Held)
})

/** A buffer's memory goes some time after the collection that found it unused, and only then what it held. */
async function collectAll(): Promise<void> {
  for (let i = 0; i < COLLECTIONS; i++) {
    globalThis.gc?.()
    await wait(50)
  }
}

function openFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return undefined
  }
}
