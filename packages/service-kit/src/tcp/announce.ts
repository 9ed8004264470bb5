import type { ServiceTokens } from '../auth/service-token.ts'
import { EnvironmentError } from '../environment.ts'
import type { EventBus } from '../events/bus.ts'
import type { TcpClient } from './client.ts'

/** The audience of service tokens that go along with events over TCP. */
const AUDIENCE = 'events'

/**
 * A bus that also tells a NestJS microservice what it has published, as events whose pattern is the type. Each is said
 * once: who must not miss any subscribes to the bus.
 * @throws EnvironmentError without the secret of the events' listener
 */
export function announceOverTcp(bus: EventBus, listener: TcpClient, tokens: ServiceTokens): EventBus {
  if (!tokens.canCall(AUDIENCE)) throw new EnvironmentError('EVENTS_TCP_URL needs the SERVICE_SECRET_…_EVENTS.')
  return {
    ...bus,
    async publish(topic, events) {
      await bus.publish(topic, events)
      const authorization = await tokens.authorizationFor(AUDIENCE)
      for (const event of events) void listener.emit(event.type, { authorization, event })
    },
  }
}
