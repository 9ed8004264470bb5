import { acl } from './acl.ts'
import { basicAuth } from './basic-auth.ts'
import { botDetection } from './bot-detection.ts'
import { correlationId } from './correlation-id.ts'
import { cors } from './cors.ts'
import { fileLog } from './file-log.ts'
import { hmacAuth } from './hmac-auth.ts'
import { httpLog } from './http-log.ts'
import { ipRestriction } from './ip-restriction.ts'
import { jwt } from './jwt.ts'
import { keyAuth } from './key-auth.ts'
import { opentelemetry } from './opentelemetry.ts'
import type { Plugin } from './plugin.ts'
import { prometheus } from './prometheus.ts'
import { proxyCache } from './proxy-cache.ts'
import { rateLimiting } from './rate-limiting.ts'
import { redirect } from './redirect.ts'
import { requestSizeLimiting } from './request-size-limiting.ts'
import { requestTermination } from './request-termination.ts'
import { requestTransformer } from './request-transformer.ts'
import { responseRatelimiting } from './response-ratelimiting.ts'
import { responseTransformer } from './response-transformer.ts'

const plugins: readonly Plugin[] = [
  acl,
  basicAuth,
  botDetection,
  correlationId,
  cors,
  fileLog,
  hmacAuth,
  httpLog,
  ipRestriction,
  jwt,
  keyAuth,
  opentelemetry,
  prometheus,
  proxyCache,
  rateLimiting,
  redirect,
  requestSizeLimiting,
  requestTermination,
  requestTransformer,
  responseRatelimiting,
  responseTransformer,
]

/** Every plugin that the gateway has, by name. Adding one is a file, its test, and its place in this list. */
export const registry: ReadonlyMap<string, Plugin> = new Map(plugins.map((plugin) => [plugin.name, plugin]))
