import type { Log } from '../log.ts'
import { pause } from '../retry.ts'
import type { RegistrationOptions } from './environment.ts'
import type { Instance } from './registry.ts'

const BEATS_PER_TTL = 3
/** Until it is registered. */
const SOON_MS = 500

export interface Registration {
  /** Takes the process out of the registry, and waits until that has got round. */
  close(): Promise<void>
}

/**
 * Registers this process once it is ready, gives signs of life that say whether it still is, and registers it again
 * where the registry has forgotten it. A registry that is away holds nothing up.
 */
export function keepRegistered(
  options: RegistrationOptions,
  { port, isReady, log }: { readonly port: number; readonly isReady: () => Promise<boolean>; readonly log: Log },
): Registration {
  const { registry, service, address, ttlSeconds, drainMs } = options
  const instance: Instance = { id: `${service}-${address}-${port}`, service, address, port, ttlSeconds }
  const about = { registry: registry.name, instance: instance.id }
  const stop = new AbortController()
  let registered = false
  let failing = false
  const beat = async () => {
    const ready = await isReady()
    if (registered) registered = await registry.renew(instance, ready ? 'up' : 'down')
    if (registered || !ready || stop.signal.aborted) return
    await registry.register(instance)
    registered = true
    log.info(about, 'registered')
  }
  const loop = async () => {
    while (!stop.signal.aborted) {
      try {
        await beat()
        failing = false
      } catch (error) {
        if (!failing) log.warn({ err: error, ...about }, 'the registry does not answer; trying on')
        failing = true
      }
      await pause(registered ? (ttlSeconds * 1000) / BEATS_PER_TTL : SOON_MS, stop.signal)
    }
  }
  const done = loop()
  return {
    async close() {
      stop.abort()
      await done
      if (!registered) return
      await registry.deregister(instance).catch((error) => log.warn({ err: error, ...about }, 'could not deregister'))
      await pause(drainMs)
    },
  }
}
