import { correlationId } from './correlation-id.ts'
import { cors } from './cors.ts'
import { jwt } from './jwt.ts'
import type { Plugin } from './plugin.ts'
import { rateLimiting } from './rate-limiting.ts'

const plugins: readonly Plugin[] = [correlationId, cors, jwt, rateLimiting]

/** Every plugin that the gateway has, by name. Adding one is a file, its test, and its place in this list. */
export const registry: ReadonlyMap<string, Plugin> = new Map(plugins.map((plugin) => [plugin.name, plugin]))
