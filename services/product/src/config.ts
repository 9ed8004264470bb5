import {
  busEnvironment,
  commonEnvironment,
  grpcEnvironment,
  readEnvironment,
  serviceSecret,
  tcpEnvironment,
  tokenEnvironment,
} from '@portico/service-kit'
import { z } from 'zod'
import type { WatchLimits } from './watching.ts'

export const databaseEnvironment = {
  POSTGRES_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://'),
}

const streams = (otherwise: number) => z.coerce.number().pipe(z.int().min(1).max(100_000)).default(otherwise)

/** Limits on open `WatchStock` streams of one replica: in all, and per IPv4 address or IPv6 /64. */
export const watchEnvironment = { WATCH_MAX_STREAMS: streams(500), WATCH_MAX_STREAMS_PER_PEER: streams(20) }

export const watchLimits = (config: {
  readonly WATCH_MAX_STREAMS: number
  readonly WATCH_MAX_STREAMS_PER_PEER: number
}): WatchLimits => ({ streams: config.WATCH_MAX_STREAMS, streamsPerPeer: config.WATCH_MAX_STREAMS_PER_PEER })

export const readConfig = () =>
  readEnvironment({
    ...commonEnvironment,
    ...tokenEnvironment,
    /** For holds, and events that order-service sends over TCP. */
    SERVICE_SECRET_ORDER_PRODUCT: serviceSecret,
    /** Of whoever listens at EVENTS_TCP_URL. */
    SERVICE_SECRET_PRODUCT_EVENTS: serviceSecret.optional(),
    ...busEnvironment,
    ...tcpEnvironment,
    ...databaseEnvironment,
    ...grpcEnvironment,
    ...watchEnvironment,
  })
