import { z } from 'zod'
import { registryEnvironment } from './discovery/environment.ts'
import { MAX_IN_FLIGHT } from './http/shedding.ts'

/** The environment lacks something or holds something wrong: names every bad variable, never its value. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
}

/** What every service reads; each adds its own. */
export const commonEnvironment = {
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().pipe(z.int().min(0).max(65535)),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  ...registryEnvironment,
  MAX_IN_FLIGHT,
}

/** For services that check access tokens. */
export const tokenEnvironment = {
  JWT_ISSUER: z.string().default('https://portico.invalid'),
  JWT_AUDIENCE: z.string().default('portico'),
  /** Public keys, inline: used until JWKS_URL has been read, so that a service can start while user-service is down. */
  JWT_JWKS: z.string().optional(),
  /** Read every few seconds; takes the place of JWT_JWKS. Keys that cannot be read again are trusted for 15 minutes. */
  JWKS_URL: z.url().optional(),
}

/**
 * A secret that two services share, the caller and the called: `SERVICE_SECRET_ORDER_PRODUCT` for calls of order-service
 * to product-service. A service is given those of its own pairs and no other.
 */
export const serviceSecret = z.string().min(32)

export const busEnvironment = {
  EVENT_BUS_URL: z.string().min(1),
  /** Tries of one event before it goes to the dead letters; 50 take about four minutes. */
  EVENT_MAX_ATTEMPTS: z.coerce.number().pipe(z.int().min(1)).default(50),
}

/** For services that also speak gRPC; off without a port. */
export const grpcEnvironment = { GRPC_PORT: z.coerce.number().pipe(z.int().min(0).max(65535)).optional() }

/** For services that also speak TCP as NestJS does. */
export const tcpEnvironment = {
  TCP_PORT: z.coerce.number().pipe(z.int().min(0).max(65535)).optional(),
  /** A NestJS microservice that is told the events of this service, as they are published. */
  EVENTS_TCP_URL: z.url({ protocol: /^tcp$/ }).optional(),
}

/**
 * Reads the environment once, at the edge, into one frozen object.
 * @throws EnvironmentError naming every variable that is missing or wrong
 */
export function readEnvironment<Shape extends z.ZodRawShape>(
  shape: Shape,
  source: NodeJS.ProcessEnv = process.env,
): Readonly<z.output<z.ZodObject<Shape>>> {
  const result = z.object(shape).safeParse(source)
  if (result.success) return Object.freeze(result.data)
  const bad = result.error.issues.map(({ path, message }) => {
    const name = path.join('.')
    return source[name] === undefined ? `${name} is not set` : `${name}: ${message}`
  })
  throw new EnvironmentError(`The environment is not right.\n  ${bad.join('\n  ')}`)
}
