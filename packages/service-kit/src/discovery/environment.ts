import { hostname } from 'node:os'
import { z } from 'zod'
import { consulRegistry } from './consul-registry.ts'
import { eurekaRegistry } from './eureka-registry.ts'
import type { Registry } from './registry.ts'

/** For services that register themselves; off without an address. */
export const registryEnvironment = {
  /** `consul://HOST:8500` or `eureka://HOST:8761` (http); `consul:https://…`, `eureka:https://…`. */
  REGISTRY_URL: z
    .string()
    .refine(
      (text) => addressIn(text) !== undefined,
      'must be consul://HOST:8500, eureka://HOST:8761 or consul:https://…',
    )
    .optional(),
  /** What others reach this process by; HOST, or the machine's name where that is every address. */
  REGISTRY_ADDRESS: z.string().min(1).optional(),
  /** How long it counts without a sign of life; one comes three times as often. */
  REGISTRY_TTL_SECONDS: z.coerce.number().pipe(z.int().min(3).max(300)).default(15),
  /** How long requests are still taken after it left the registry, for those who haven't heard of that yet. */
  REGISTRY_DRAIN_MS: z.coerce.number().pipe(z.int().min(0).max(60_000)).default(1000),
  /** An ACL token of Consul. */
  CONSUL_HTTP_TOKEN: z.string().min(1).optional(),
}

const environment = z.object({ HOST: z.string(), ...registryEnvironment })

/** What `serve` needs to register a process. */
export interface RegistrationOptions {
  readonly registry: Registry
  readonly service: string
  readonly address: string
  readonly ttlSeconds: number
  readonly drainMs: number
}

/** The registration of a service by its environment; undefined where there is no registry. */
export function registrationOf(service: string, config: z.output<typeof environment>): RegistrationOptions | undefined {
  const place = config.REGISTRY_URL === undefined ? undefined : addressIn(config.REGISTRY_URL)
  if (!place) return undefined
  const everywhere = config.HOST === '0.0.0.0' || config.HOST === '::'
  return {
    registry: place.kind === 'consul' ? consulRegistry(place.url, config.CONSUL_HTTP_TOKEN) : eurekaRegistry(place.url),
    service,
    address: config.REGISTRY_ADDRESS ?? (everywhere ? hostname() : config.HOST),
    ttlSeconds: config.REGISTRY_TTL_SECONDS,
    drainMs: config.REGISTRY_DRAIN_MS,
  }
}

function addressIn(text: string): { readonly kind: 'consul' | 'eureka'; readonly url: URL } | undefined {
  const [, kind, rest = ''] = /^(consul|eureka):(.+)$/s.exec(text) ?? []
  const full = rest.startsWith('//') ? `http:${rest}` : rest
  if ((kind !== 'consul' && kind !== 'eureka') || !/^https?:\/\//.test(full) || !URL.canParse(full)) return undefined
  return { kind, url: new URL(full) }
}
