/**
 * A plugin of one's own, complete: while a shop is worked on, reading goes on and writing is answered with 503.
 *
 *     npm run kong -- start --config kong.yml --proxy-listen 127.0.0.1:8000 --plugin kong/examples/maintenance.ts
 *
 *     plugins:
 *       - name: maintenance
 *         config: { retry_after: 600 }
 */
import { array, type Exchange, type Exit, integer, type Plugin, record, string } from '../src/plugin-kit.ts'

const schema = record({
  methods: array(string({ match: /^[A-Z]+$/ }), { required: true, default: ['DELETE', 'PATCH', 'POST', 'PUT'] }),
  retry_after: integer({ required: true, default: 120, gt: 0, description: 'Seconds until it is worth trying again.' }),
  message: string({ required: true, default: 'The shop is being worked on' }),
})

/** How many requests were refused since the gateway started: state that outlives requests and reloads. */
const refusedBy = ({ worker }: Exchange) => worker.state('maintenance', () => ({ count: 0 }))

export default {
  name: 'maintenance',
  // After correlation-id and cors, before whatever looks for credentials.
  priority: 1960,
  version: '1.0.0',
  schema,
  access(exchange, { methods, retry_after, message }): Exit | undefined {
    if (!methods.includes(exchange.request.method)) return undefined
    refusedBy(exchange).count++
    return { kind: 'error', status: 503, message, headers: { 'Retry-After': String(retry_after) } }
  },
  headerFilter(exchange) {
    exchange.response?.headers.set('X-Maintenance', 'true')
  },
  log(exchange) {
    const { count } = refusedBy(exchange)
    exchange.worker.log.debug('maintenance', { refused: count })
  },
} satisfies Plugin<typeof schema>
