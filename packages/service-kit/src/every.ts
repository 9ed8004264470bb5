import type { Closable } from './events/bus.ts'
import type { Log } from './log.ts'
import { pause } from './retry.ts'

/** Does a piece of work again and again, with a pause between; a failure is logged and the next turn comes all the same. */
export function every(ms: number, work: () => Promise<unknown>, log: Log, what: string): Closable {
  const stop = new AbortController()
  const loop = async () => {
    while (!stop.signal.aborted) {
      await work().catch((error) => log.warn({ err: error, what }, 'a sweep failed; it comes again'))
      await pause(ms, stop.signal)
    }
  }
  const done = loop()
  return {
    close: async () => {
      stop.abort()
      await done
    },
  }
}
