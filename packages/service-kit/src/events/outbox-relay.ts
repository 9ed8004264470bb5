import type { Event, Topic } from '@portico/contracts'
import type { Log } from '../log.ts'
import { Counter, Gauge, type Metrics } from '../metrics.ts'
import { backoffMs, pause } from '../retry.ts'
import { createTrail } from '../trail.ts'
import type { EventBus } from './bus.ts'
import type { Outbox } from './outbox.ts'

export interface OutboxRelay {
  /** Says that there is something new, so that it goes out at once and not at the next look. */
  wake(): void
  close(): Promise<void>
}

const BATCH = 200
const IDLE_MS = 500
/** After events went out, more are collected for so long: under load many go in one batch, and one alone waits for none. */
const LINGER_MS = 50
const BACKOFF = { firstMs: 50, maxMs: 3000 }

/**
 * Publishes what is in the outbox, for as long as the service runs. A failure (bus or datastore down) is tried again
 * with back-off; nothing is marked before the bus has it, so an event may come twice but is never lost.
 */
export function startOutboxRelay(options: {
  topic: Topic
  outbox: Outbox
  bus: Pick<EventBus, 'publish'>
  log: Log
  metrics: Metrics
}): OutboxRelay {
  const { topic, outbox, bus, log } = options
  const stop = new AbortController()
  let wake = new AbortController()
  let woken = false
  const published = measure(options.metrics, outbox)
  const trail = createTrail(log)
  const publish = async (events: readonly Event[]): Promise<void> => {
    await bus.publish(topic, events)
    for (const { type: event, id: eventId, subject: orderId, requestid: requestId, data } of events)
      trail('event published', { orderId, attempt: data.attempt, requestId, event, eventId })
  }
  const work = async () => {
    let failures = 0
    while (!stop.signal.aborted) {
      woken = false
      try {
        const count = await outbox.drain(BATCH, publish)
        published.inc(count)
        failures = 0
        if (count === BATCH) continue
        if (count > 0) await pause(LINGER_MS, stop.signal)
        if (count > 0 || woken) continue
        wake = new AbortController()
        await pause(IDLE_MS, AbortSignal.any([stop.signal, wake.signal]))
      } catch (error) {
        failures += 1
        log.warn({ err: error, failures }, 'the outbox could not be published; trying again')
        await pause(backoffMs(failures, BACKOFF), stop.signal)
      }
    }
  }
  const done = work()
  return {
    wake: () => {
      woken = true
      // Each call makes an error with a stack, whether it is the first or not.
      if (!wake.signal.aborted) wake.abort()
    },
    close: async () => {
      stop.abort()
      await done
    },
  }
}

function measure(metrics: Metrics, outbox: Outbox): Counter {
  const registers = [metrics.registry]
  new Gauge({
    name: 'outbox_waiting',
    help: 'Events that are not yet on the bus',
    registers,
    async collect() {
      this.set((await outbox.depth().catch(() => ({ waiting: Number.NaN }))).waiting)
    },
  })
  new Gauge({
    name: 'outbox_lag_seconds',
    help: 'How long the oldest unpublished event has been waiting',
    registers,
    async collect() {
      const depth = await outbox.depth().catch(() => undefined)
      this.set(depth?.oldestAt === undefined ? 0 : (Date.now() - depth.oldestAt) / 1000)
    },
  })
  return new Counter({ name: 'outbox_published_total', help: 'Events put on the bus', registers })
}
