import { randomUUID } from 'node:crypto'
import { boolean, record, string } from '../config/schema/field.ts'
import type { Exchange } from '../exchange.ts'
import { responseHeaderName } from './http/response-header-name.ts'
import { visibleValues } from './http/visible-headers.ts'
import { toWire } from './http/wire-text.ts'
import type { Plugin } from './plugin.ts'

const schema = record({
  header_name: string({ default: 'Kong-Request-ID' }),
  generator: string({ required: true, default: 'uuid#counter', one_of: ['uuid', 'uuid#counter', 'tracker'] }),
  echo_downstream: boolean({ required: true, default: false }),
})

/** Gives each request an id that both sides see. Spec: Kong Hub, correlation-id. */
export const correlationId = {
  name: 'correlation-id',
  priority: 100001,
  version: '3.9.1',
  schema,
  access(exchange, config) {
    const name = toWire(config.header_name ?? '')
    const [sent] = visibleValues(exchange.request.headers, name)
    const id = sent || generators[config.generator](exchange)
    if (!sent) exchange.upstream.headers.set(name, id)
    exchange.shared.set('correlation-id', id)
    return undefined
  },
  headerFilter(exchange, config) {
    if (!config.echo_downstream) return
    const name = toWire(config.header_name ?? '')
    const id = exchange.shared.get('correlation-id') ?? visibleValues(exchange.request.headers, name)[0]
    exchange.response?.headers.set(
      responseHeaderName(name),
      (id as string | undefined) || generators[config.generator](exchange),
    )
  },
} satisfies Plugin<typeof schema>

type Generator = (exchange: Exchange) => string

/** Ids per worker: one UUID, and how many have been made since. */
interface Counter {
  readonly uuid: string
  made: number
}

const generators: Readonly<Record<'uuid' | 'uuid#counter' | 'tracker', Generator>> = {
  uuid: () => randomUUID(),
  'uuid#counter': ({ worker }) => {
    const counter = worker.state<Counter>('correlation-id', () => ({ uuid: randomUUID(), made: 0 }))
    counter.made++
    return `${counter.uuid}#${counter.made}`
  },
  tracker: ({ request, worker, startedAt }) => {
    const { localAddress, localPort, connectionId, connectionRequests } = request
    return [localAddress, localPort, worker.pid, connectionId, connectionRequests, (startedAt / 1000).toFixed(3)].join(
      '-',
    )
  },
}
