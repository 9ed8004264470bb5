import { z } from 'zod'
import { timestamp } from '../primitives.ts'
import { defineRoute } from './route.ts'

const target = z.object({ target: z.string(), weight: z.int(), health: z.string() })

/** The gateway as it is in force at this moment: what its Admin API says, without anything secret. */
export const gatewayState = z
  .object({
    version: z.string().nullable(),
    configurationHash: z.string().nullable(),
    services: z.array(z.object({ name: z.string(), address: z.string(), retries: z.int(), enabled: z.boolean() })),
    routes: z.array(
      z.object({
        name: z.string(),
        service: z.string().nullable(),
        methods: z.array(z.string()),
        paths: z.array(z.string()),
        plugins: z.array(z.string()).meta({ description: 'Those of the route and of its service' }),
        limit: z.string().nullable().meta({ description: 'Its rate limit in force' }),
      }),
    ),
    plugins: z.array(
      z.object({
        name: z.string(),
        scope: z.string().meta({ description: 'global, or the route or service it is of' }),
        enabled: z.boolean(),
      }),
    ),
    upstreams: z.array(z.object({ name: z.string(), targets: z.array(target) })),
  })
  .meta({ id: 'GatewayState' })
export type GatewayState = z.infer<typeof gatewayState>

export const readGateway = defineRoute({
  id: 'readGateway',
  method: 'GET',
  path: '/v1/admin/gateway',
  summary: 'Routes, plugins, limits and target health in force',
  access: 'admin',
  replies: { 200: gatewayState },
  errors: ['unavailable'],
})

const state = z.enum(['up', 'down'])

/** Whether each service answers, and what its own checks say. */
export const healthReport = z
  .object({
    services: z.array(
      z.object({
        name: z.string(),
        state: z.enum(['ready', 'not ready', 'down']),
        checks: z.record(z.string(), state),
      }),
    ),
  })
  .meta({ id: 'HealthReport' })
export type HealthReport = z.infer<typeof healthReport>

export const readHealth = defineRoute({
  id: 'readHealth',
  method: 'GET',
  path: '/v1/admin/health',
  summary: 'Each service with its datastore and bus',
  access: 'admin',
  replies: { 200: healthReport },
  errors: [],
})

/** Requests since a process started; latencies in milliseconds, as exact as the histogram's buckets. */
const traffic = z.object({
  requests: z.int(),
  errors: z.int().meta({ description: 'Answered 500 or above' }),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
})
export type Traffic = z.infer<typeof traffic>

export const trafficReport = z
  .object({
    services: z.array(
      traffic.extend({
        name: z.string(),
        since: timestamp.nullable(),
        routes: z.array(traffic.extend({ method: z.string(), route: z.string() })),
      }),
    ),
    incomplete: z.array(z.string()).meta({ description: 'Services that did not answer' }),
  })
  .meta({ id: 'TrafficReport' })
export type TrafficReport = z.infer<typeof trafficReport>

export const readTraffic = defineRoute({
  id: 'readTraffic',
  method: 'GET',
  path: '/v1/admin/traffic',
  summary: 'Requests, errors and latencies of each service and route, and of the gateway, since each was started',
  access: 'admin',
  replies: { 200: trafficReport },
  errors: [],
})

const perStep = z.array(z.int().nullable())

export const trafficHistory = z
  .object({
    stepSeconds: z.int(),
    steps: z
      .array(timestamp)
      .meta({ description: 'When each step ended; the numbers of a service are in their order' }),
    services: z.array(
      z.object({
        name: z.string(),
        requests: perStep.meta({ description: 'In the step; null: not known' }),
        errors: perStep.meta({ description: 'Answered 500 or above' }),
        p95: z.array(z.number().nullable()).meta({ description: 'Milliseconds; null also without a request' }),
      }),
    ),
  })
  .meta({ id: 'TrafficHistory' })
export type TrafficHistory = z.infer<typeof trafficHistory>

export const readTrafficHistory = defineRoute({
  id: 'readTrafficHistory',
  method: 'GET',
  path: '/v1/admin/traffic/history',
  summary: 'Requests, errors and latencies of each service and of the gateway in the last half hour',
  access: 'admin',
  replies: { 200: trafficHistory },
  errors: [],
})

export const operationsRoutes = [readGateway, readHealth, readTraffic, readTrafficHistory] as const
