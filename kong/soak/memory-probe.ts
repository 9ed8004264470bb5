/** Loaded into the gateway's process before it starts: tells its parent how much it holds, when asked. */
import { readdirSync } from 'node:fs'

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

process.on('message', (message) => {
  if (message !== 'measure') return
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  const resources = process.getActiveResourcesInfo().length
  process.send?.({ type: 'held', rss, heap: heapUsed, external, resources, files: openFiles() } satisfies Held)
})

function openFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return undefined
  }
}
