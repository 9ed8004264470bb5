import {
  type Event,
  type EventOf,
  type EventType,
  event as eventSchema,
  publisherOf,
  subscriptionsOf,
} from '@portico/contracts'
import type { Log } from '../log.ts'
import { Counter, Gauge, type Metrics } from '../metrics.ts'
import { createTrail } from '../trail.ts'
import type { Closable, EventBus } from './bus.ts'
import { MalformedEvent, refuseForged } from './malformed.ts'

/** What came of an event, for the log. */
export interface Handled {
  /** `duplicate`: it was handled before. `ignored`: what it is about has moved on. */
  readonly outcome: 'applied' | 'duplicate' | 'ignored'
  /** What it changed, in a few words. */
  readonly effect?: string
}

/** What a service does on each event it hears. */
export type Handlers<Types extends EventType = EventType> = {
  readonly [Type in Types]: (event: EventOf<Type>) => Promise<Handled | undefined>
}

export interface Consumers extends Closable {
  /** Handles an event that came another way than by the bus. @throws MalformedEvent, or what the handler throws */
  readonly handle: (given: unknown) => Promise<void>
}

/** Subscribes a service to every topic that the contract says it hears. */
export async function startConsumers(options: {
  service: string
  bus: EventBus
  handlers: Partial<Handlers>
  log: Log
  metrics: Metrics
}): Promise<Consumers> {
  const { service, bus } = options
  const trail = createTrail(options.log)
  const count = countEvents(options.metrics)
  measureDeadLetters(options.metrics, () => bus.deadLetters.count(service))
  const handlers = options.handlers as Partial<Record<EventType, (event: Event) => Promise<Handled | undefined>>>
  const handle = async (given: unknown) => {
    const parsed = eventSchema.safeParse(given)
    if (!parsed.success) throw new MalformedEvent(parsed.error.message)
    refuseForged(parsed.data, publisherOf(parsed.data.type))
    const { type, id: eventId, subject: orderId, requestid: requestId, data } = parsed.data
    const handler = handlers[type]
    if (!handler) throw new MalformedEvent(`${service} has no handler for ${type}`)
    const handled = await handler(parsed.data).catch((error: unknown) => {
      count.failed.inc({ type })
      throw error
    })
    count.handled.inc({ type })
    trail('event handled', { orderId, attempt: data.attempt, requestId, event: type, eventId, ...handled })
  }
  const subscriptions = await Promise.all(
    subscriptionsOf(service).map(({ topic, types }) =>
      bus.subscribe({ topic, group: service, types, handle, buried: () => count.dead.inc() }),
    ),
  )
  return { handle, close: async () => void (await Promise.all(subscriptions.map((each) => each.close()))) }
}

function countEvents({ registry }: Metrics) {
  const registers = [registry]
  const labelNames = ['type'] as const
  return {
    handled: new Counter({ name: 'events_handled_total', help: 'Events handled', labelNames, registers }),
    failed: new Counter({ name: 'events_failed_total', help: 'Tries that failed', labelNames, registers }),
    dead: new Counter({ name: 'events_dead_total', help: 'Messages put into the dead letters', registers }),
  }
}

function measureDeadLetters({ registry }: Metrics, count: () => Promise<number>): void {
  new Gauge({
    name: 'dead_letters',
    help: 'Events of this service that wait in the dead letters for somebody to look after them',
    registers: [registry],
    async collect() {
      this.set(await count().catch(() => Number.NaN))
    },
  })
}
