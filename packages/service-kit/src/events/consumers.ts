import { type Event, type EventOf, type EventType, event as eventSchema, subscriptionsOf } from '@portico/contracts'
import type { Log } from '../log.ts'
import { Counter, type Metrics } from '../metrics.ts'
import type { Closable, EventBus } from './bus.ts'

/** What a service does on each event it hears. */
export type Handlers<Types extends EventType = EventType> = {
  readonly [Type in Types]: (event: EventOf<Type>) => Promise<void>
}

/** An event that is not what the contract says; it goes to the dead letters, since another try won't mend it. */
export class MalformedEvent extends Error {
  override readonly name = 'MalformedEvent'
}

/** Subscribes a service to every topic that the contract says it hears. */
export async function startConsumers(options: {
  service: string
  bus: EventBus
  handlers: Partial<Handlers>
  log: Log
  metrics: Metrics
}): Promise<Closable> {
  const { service, bus, log } = options
  const count = countEvents(options.metrics)
  const handlers = options.handlers as Partial<Record<EventType, (event: Event) => Promise<void>>>
  const subscriptions = await Promise.all(
    subscriptionsOf(service).map(({ topic, types }) =>
      bus.subscribe({
        topic,
        group: service,
        types,
        buried: () => count.dead.inc(),
        handle: async (given) => {
          const parsed = eventSchema.safeParse(given)
          if (!parsed.success) throw new MalformedEvent(parsed.error.message)
          const handler = handlers[parsed.data.type]
          if (!handler) throw new MalformedEvent(`${service} has no handler for ${parsed.data.type}`)
          await handler(parsed.data).catch((error: unknown) => {
            count.failed.inc({ type: parsed.data.type })
            throw error
          })
          count.handled.inc({ type: parsed.data.type })
          log.debug(
            {
              event: parsed.data.type,
              eventId: parsed.data.id,
              orderId: parsed.data.subject,
              requestId: parsed.data.requestid,
            },
            'handled',
          )
        },
      }),
    ),
  )
  return { close: async () => void (await Promise.all(subscriptions.map((each) => each.close()))) }
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
