import { checkHeaderName } from '../config/entities/common-fields.ts'
import { integer, map, number, record, string, type Value } from '../config/schema/field.ts'
import type { Log } from '../exchange.ts'
import { checkUrl, userInfoOf } from './http/url.ts'
import { logEntry } from './log/entry.ts'
import { customFieldsByLua, withCustomFields } from './lua/custom-fields.ts'
import { perConfig } from './per-config.ts'
import type { Plugin } from './plugin.ts'
import { queueFields, withOlderFields } from './queue/fields.ts'
import { createHttpDelivery } from './queue/http-delivery.ts'
import { DeliveryQueue } from './queue/queue.ts'

const reserved = (name: string) => ({ pattern: new RegExp(`^${name}$`, 'i'), err: `cannot contain '${name}' header` })

const deprecated = (message: string, old_default: number) => ({
  message: `http-log: config.${message} instead`,
  old_default,
  removal_in_version: '4.0',
})

const schema = record(
  {
    http_endpoint: string({ required: true, encrypted: true, referenceable: true, custom: checkUrl }),
    method: string({ default: 'POST', one_of: ['POST', 'PUT', 'PATCH'] }),
    content_type: string({
      default: 'application/json',
      one_of: ['application/json', 'application/json; charset=utf-8'],
    }),
    timeout: number({ default: 10000 }),
    keepalive: number({ default: 60000 }),
    retry_count: integer({
      deprecation: deprecated('retry_count no longer works, please use config.queue.max_retry_time', 10),
    }),
    queue_size: integer({
      deprecation: deprecated('queue_size is deprecated, please use config.queue.max_batch_size', 1),
    }),
    flush_timeout: number({
      deprecation: deprecated('flush_timeout is deprecated, please use config.queue.max_coalescing_delay', 2),
    }),
    headers: map(
      string({ match_none: ['Host', 'Content-Length', 'Content-Type'].map(reserved), custom: checkHeaderName }),
      string({ referenceable: true }),
    ),
    queue: record(queueFields),
    custom_fields_by_lua: customFieldsByLua,
  },
  { custom: checkCredentials },
)

interface Checked {
  readonly http_endpoint: string
  readonly headers?: Readonly<Record<string, string>> | null
}

function checkCredentials({ http_endpoint, headers }: Checked): string | undefined {
  const authorises = Object.keys(headers ?? {}).some((name) => name.toLowerCase() === 'authorization')
  return authorises && userInfoOf(http_endpoint) !== undefined
    ? "specifying both an 'Authorization' header and user info in 'http_endpoint' is not allowed"
    : undefined
}

type Config = Value<typeof schema>

/** Posts an entry for each request to a log server. Spec: Kong Hub, http-log. */
export const httpLog = {
  name: 'http-log',
  priority: 12,
  version: '3.9.1',
  schema,
  protocols: ['grpc', 'grpcs', 'http', 'https', 'tcp', 'tls', 'tls_passthrough', 'udp'],
  log(exchange, config) {
    const entry = JSON.stringify(withCustomFields(logEntry(exchange), config.custom_fields_by_lua, exchange))
    queueOf(config)(exchange.worker.log).add(entry, entry.length)
  },
} satisfies Plugin<typeof schema>

const queueOf = perConfig((config: Config) => {
  let queue: DeliveryQueue<string> | undefined
  return (log: Log): DeliveryQueue<string> => {
    queue ??= openQueue(config, log)
    return queue
  }
})

/** The endpoint's query is left out, as Kong does. */
function openQueue(config: Config, log: Log): DeliveryQueue<string> {
  const url = new URL(config.http_endpoint)
  url.search = ''
  const deliver = createHttpDelivery({
    url,
    userInfo: userInfoOf(config.http_endpoint),
    method: config.method ?? 'POST',
    headers: { 'Content-Type': config.content_type ?? 'application/json', ...config.headers },
    timeout: config.timeout ?? 10000,
    keepalive: config.keepalive ?? 60000,
    accepts: (status) => status >= 200 && status < 300,
    connections: config.queue.concurrency_limit === -1 ? Number.POSITIVE_INFINITY : 1,
  })
  const settings = withOlderFields(config.queue, config.queue_size, config.flush_timeout)
  return new DeliveryQueue(settings, (batch) => deliver(bodyOf(batch, settings.max_batch_size)), log)
}

/** Where batches may hold several entries they are lists, be it of one. */
function bodyOf(batch: readonly string[], mostEntries: number): string {
  return mostEntries === 1 ? batch.join('') : `[${batch.join(',')}]`
}
