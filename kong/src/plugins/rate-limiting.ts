import { checkHeaderName, path } from '../config/entities/common-fields.ts'
import { boolean, number, record, string, type Value } from '../config/schema/field.ts'
import type { Exchange } from '../exchange.ts'
import { setEarlyHeader } from './early-headers.ts'
import { errorExit } from './error-exit.ts'
import { luaNumber } from './lua/number.ts'
import { perConfig } from './per-config.ts'
import type { Exit, Plugin } from './plugin.ts'
import { type Counters, countersFor } from './rate-limiting/counters.ts'
import { identify } from './rate-limiting/identifier.ts'
import { RedisCounters } from './rate-limiting/redis-counters.ts'
import { counterScope } from './rate-limiting/scope.ts'
import {
  checkLimitOrder,
  LENGTHS,
  type Limits,
  limitedPeriods,
  type Period,
  periodTitle,
  windowStart,
} from './rate-limiting/windows.ts'
import { redisSettings, redisShorthands } from './redis/settings.ts'

const limit = number({ gt: 0 })

const schema = record(
  {
    second: limit,
    minute: limit,
    hour: limit,
    day: limit,
    month: limit,
    year: limit,
    limit_by: string({
      default: 'consumer',
      one_of: ['consumer', 'credential', 'ip', 'service', 'header', 'path'],
    }),
    header_name: string({ custom: checkHeaderName }),
    path,
    policy: string({ default: 'local', len_min: 0, one_of: ['local', 'redis'] }),
    fault_tolerant: boolean({ required: true, default: true }),
    redis: redisSettings,
    hide_client_headers: boolean({ required: true, default: false }),
    error_code: number({ default: 429, gt: 0 }),
    error_message: string({ default: 'API rate limit exceeded' }),
    sync_rate: number({ required: true, default: -1 }),
  },
  { shorthand_fields: redisShorthands('rate-limiting'), custom: checkWhole },
)

type Config = Value<typeof schema>

const periodsOf = perConfig((config: Config) => limitedPeriods(config))

type Checked = Partial<Limits> & { readonly policy?: string | null; readonly sync_rate?: number | null }

function checkWhole(config: Checked): string | undefined {
  const misplaced = checkLimitOrder(config)
  if (misplaced) return misplaced
  const syncRate = config.sync_rate ?? -1
  if (syncRate === -1) return undefined
  if (config.policy !== 'redis') return 'sync_rate can only be used with the redis policy'
  return syncRate < 0.02 ? 'sync_rate must be greater than 0.02, or -1 to disable' : undefined
}

/** Limits how many requests may come in a window of time. Spec: Kong Hub, rate-limiting. */
export const rateLimiting = {
  name: 'rate-limiting',
  priority: 910,
  version: '3.9.1',
  schema,
  entity_checks: [
    {
      at_least_one_of: ['config.second', 'config.minute', 'config.hour', 'config.day', 'config.month', 'config.year'],
    },
    ...['host', 'port', 'timeout'].map((field) => ({
      conditional: {
        if_field: 'config.policy',
        if_match: { eq: 'redis' },
        then_field: `config.redis.${field}`,
        then_match: { required: true },
      },
    })),
    ...[
      ['header', 'header_name'],
      ['path', 'path'],
    ].map(([kind, field]) => ({
      conditional: {
        if_field: 'config.limit_by',
        if_match: { eq: kind, len_min: 1 },
        then_field: `config.${field}`,
        then_match: { required: true },
      },
    })),
  ],
  access(exchange, config, instance) {
    const now = exchange.worker.now()
    const counters = countersFor(exchange.worker, 'rate-limiting', config)
    const key = `${counterScope(instance)}:${identify(exchange, config)}`
    if (!(counters instanceof RedisCounters))
      return answer(exchange, config, now, countHere(counters, config, key, now))
    return countInRedis(counters, config, key, now).then(
      (remaining) => answer(exchange, config, now, remaining),
      (error) => {
        exchange.worker.log.error('requests could not be counted', { error: String(error) })
        if (!config.fault_tolerant) throw error
        return undefined
      },
    )
  },
} satisfies Plugin<typeof schema>

/** What is left of each window's limit, this request not yet counted. */
type Remaining = readonly (readonly [period: Period, limit: number, remaining: number])[]

/** Counts the request in every window, unless one of them is full. */
function countHere(counters: Exclude<Counters, RedisCounters>, config: Config, key: string, now: number): Remaining {
  const remaining = periodsOf(config).map((period) => {
    const most = config[period] as number
    return [period, most, most - counters.get(period, now, key)] as const
  })
  if (remaining.every(([, , left]) => left > 0)) {
    for (const [period] of remaining) counters.add(period, now, key)
  }
  return remaining
}

/** Counts the request in every window, whether or not one of them is full: one question to Redis for each. */
function countInRedis(counters: RedisCounters, config: Config, key: string, now: number): Promise<Remaining> {
  return Promise.all(
    periodsOf(config).map(async (period) => {
      const most = config[period] as number
      return [period, most, most - ((await counters.add(period, now, key)) - 1)] as const
    }),
  )
}

function answer(exchange: Exchange, config: Config, now: number, windows: Remaining): Exit | undefined {
  const full = windows.some(([, , remaining]) => remaining <= 0)
  const reset = config.hide_client_headers ? undefined : announce(exchange, windows, full, now)
  if (!full) return undefined
  if (reset !== undefined) setEarlyHeader(exchange, 'Retry-After', String(reset))
  return errorExit(config.error_code ?? 429, config.error_message ?? '')
}

/** Tells the client of every window, and in the general headers of the one with least left. @returns seconds to its end */
function announce(exchange: Exchange, windows: Remaining, full: boolean, now: number): number {
  let tightest = { limit: 0, remaining: Number.POSITIVE_INFINITY, reset: 0 }
  for (const [period, limit, before] of windows) {
    const remaining = Math.max(0, full ? before : before - 1)
    setEarlyHeader(exchange, `X-RateLimit-Limit-${periodTitle(period)}`, luaNumber(limit))
    setEarlyHeader(exchange, `X-RateLimit-Remaining-${periodTitle(period)}`, luaNumber(remaining))
    if (remaining > tightest.remaining) continue
    const elapsed = Math.floor((now - windowStart(period, now)) / 1000)
    tightest = { limit, remaining, reset: Math.max(1, LENGTHS[period] - elapsed) }
  }
  setEarlyHeader(exchange, 'RateLimit-Limit', luaNumber(tightest.limit))
  setEarlyHeader(exchange, 'RateLimit-Remaining', luaNumber(tightest.remaining))
  setEarlyHeader(exchange, 'RateLimit-Reset', String(tightest.reset))
  return tightest.reset
}
