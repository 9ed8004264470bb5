import { boolean, map, number, record, string, type Value } from '../config/schema/field.ts'
import type { Exchange } from '../exchange.ts'
import { setEarlyHeader } from './early-headers.ts'
import { responseHeaderName } from './http/response-header-name.ts'
import { visibleValues } from './http/visible-headers.ts'
import { luaNumber } from './lua/number.ts'
import type { Exit, Maybe, Plugin } from './plugin.ts'
import { type Counters, countersFor } from './rate-limiting/counters.ts'
import { identify } from './rate-limiting/identifier.ts'
import { counterScope } from './rate-limiting/scope.ts'
import { checkLimitOrder, type Limits, limitedPeriods, periodTitle } from './rate-limiting/windows.ts'
import { redisSettings, redisShorthands } from './redis/settings.ts'
import { costsOf, type Usage, type WindowUsage } from './response-ratelimiting/usage.ts'

const limit = number({ gt: 0 })
const limits = record(
  { second: limit, minute: limit, hour: limit, day: limit, month: limit, year: limit },
  {
    required: true,
    custom: (limits: Partial<Limits>) => checkLimitOrder(limits)?.replace('The limit', 'the limit'),
    entity_checks: [{ at_least_one_of: ['second', 'minute', 'hour', 'day', 'month', 'year'] }],
  },
)

const schema = record(
  {
    header_name: string({ default: 'x-kong-limit' }),
    limit_by: string({ default: 'consumer', one_of: ['consumer', 'credential', 'ip'] }),
    policy: string({ default: 'local', one_of: ['local', 'redis'] }),
    fault_tolerant: boolean({ required: true, default: true }),
    redis: redisSettings,
    block_on_first_violation: boolean({ required: true, default: false }),
    hide_client_headers: boolean({ required: true, default: false }),
    limits: map(string(), limits, { required: true, len_min: 1 }),
  },
  { shorthand_fields: redisShorthands('response-ratelimiting') },
)

type Config = Value<typeof schema>

/** Limits by what the upstream says that its answers cost. Spec: Kong Hub, response-ratelimiting. */
export const responseRatelimiting = {
  name: 'response-ratelimiting',
  priority: 900,
  version: '3.9.1',
  schema,
  entity_checks: ['host', 'port', 'timeout'].map((field) => ({
    conditional: {
      if_field: 'config.policy',
      if_match: { eq: 'redis' },
      then_field: `config.redis.${field}`,
      then_match: { required: true },
    },
  })),
  access(exchange, config, instance) {
    const now = exchange.worker.now()
    const counters = countersFor(exchange.worker, 'response-ratelimiting', config)
    const key = `${counterScope(instance)}:${identify(exchange, config)}`
    const usage = readUsage(counters, config, key, now)
    const run = (known: Usage) => {
      const refusal = refuse(config, known)
      if (refusal) return refusal
      exchange.shared.set('response-ratelimiting', { usage: known, counters, key, now, costs: undefined } satisfies Run)
      return announce(exchange, known)
    }
    if (!(usage instanceof Promise)) return run(usage)
    return usage.then(run, (error) => {
      exchange.worker.log.error('rate limits could not be read', { error: String(error) })
      if (!config.fault_tolerant) throw error
      return undefined
    })
  },
  headerFilter(exchange, config) {
    const run = exchange.shared.get('response-ratelimiting') as Run | undefined
    const { response } = exchange
    if (!run || !response) return
    const header = config.header_name ?? 'x-kong-limit'
    const costs = costsOf(visibleValues(response.headers, header)[0] ?? '')
    response.headers.remove(responseHeaderName(header))
    const exhausted = tellUsage(exchange, config, run.usage, costs)
    if (!exhausted) {
      run.costs = costs
      return
    }
    response.status = 429
    response.rewritesBody = true
    response.headers.remove('content-length')
    exchange.shared.set('response-ratelimiting refused', true)
  },
  readsBody: (exchange) => exchange.shared.has('response-ratelimiting refused'),
  bodyFilter(exchange, _config, chunk) {
    return exchange.shared.has('response-ratelimiting refused') ? Buffer.alloc(0) : chunk
  },
  log(exchange) {
    const run = exchange.shared.get('response-ratelimiting') as Run | undefined
    for (const [name, cost] of run?.costs ?? []) {
      if (cost === 0) continue
      for (const { period } of run?.usage.get(name) ?? []) {
        const counted = run?.counters.add(period, run.now, `${run.key}:${name}`, cost)
        if (counted instanceof Promise) counted.catch((error) => tellUncounted(exchange, error))
      }
    }
  },
} satisfies Plugin<typeof schema>

function tellUncounted({ worker }: Exchange, error: unknown): void {
  worker.log.error('what an answer costs could not be counted', { error: String(error) })
}

/** What one request needs from access to log. */
interface Run {
  readonly usage: Usage
  readonly counters: Counters
  readonly key: string
  readonly now: number
  /** What is to be counted, once the answer has said so and was let through. */
  costs: ReadonlyMap<string, number> | undefined
}

function readUsage(counters: Counters, config: Config, key: string, now: number): Maybe<Usage> {
  const windows = Object.entries(config.limits).flatMap(([name, periods]) =>
    limitedPeriods(periods).map((period) => ({ name, period, limit: periods[period] as number })),
  )
  const used = windows.map(({ name, period }) => counters.get(period, now, `${key}:${name}`))
  const usageOf = (counts: readonly number[]): Usage =>
    Map.groupBy(
      windows.map((window, i) => ({ ...window, remaining: window.limit - (counts[i] ?? 0) })),
      ({ name }) => name,
    )
  return used.some((count) => count instanceof Promise) ? Promise.all(used).then(usageOf) : usageOf(used as number[])
}

/** Refuses where nothing is left and the file wants that; the answer then tells nothing of the limits. */
function refuse({ block_on_first_violation }: Config, usage: Usage): Exit | undefined {
  if (!block_on_first_violation) return undefined
  const exhausted = [...usage].find(([, windows]) => windows.some(({ remaining }) => remaining === 0))
  return exhausted && { kind: 'error', status: 429, message: `API rate limit exceeded for '${exhausted[0]}'` }
}

/** Tells the client what is left of each limit. */
function announce(exchange: Exchange, usage: Usage): undefined {
  for (const [name, windows] of usage) {
    const remaining = Math.min(...windows.map((window) => window.remaining))
    setEarlyHeader(exchange, `X-RateLimit-Remaining-${name}`, luaNumber(remaining))
  }
}

/** Tells of each window what is left after the answer. @returns whether it costs what there is no more of */
function tellUsage({ response }: Exchange, config: Config, usage: Usage, costs: ReadonlyMap<string, number>): boolean {
  let exhausted = false
  for (const [name, windows] of usage) {
    const cost = costs.get(name) ?? 0
    if (cost > 0 && windows.some((window: WindowUsage) => window.remaining <= 0)) exhausted = true
    if (config.hide_client_headers) continue
    for (const { period, limit: most, remaining } of windows) {
      const title = responseHeaderName(`${name}-${periodTitle(period)}`)
      response?.headers.set(`X-RateLimit-Limit-${title}`, luaNumber(most))
      response?.headers.set(`X-RateLimit-Remaining-${title}`, luaNumber(Math.max(0, remaining - cost)))
    }
  }
  return exhausted
}
