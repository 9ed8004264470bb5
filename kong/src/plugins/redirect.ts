import { boolean, integer, record, string } from '../config/schema/field.ts'
import type { Exchange } from '../exchange.ts'
import { checkUrl } from './http/url.ts'
import { fromWire, toWire } from './http/wire-text.ts'
import type { Plugin } from './plugin.ts'

const schema = record({
  status_code: integer({ required: true, default: 301, between: [100, 599] }),
  location: string({ required: true, custom: checkUrl }),
  keep_incoming_path: boolean({ required: false, default: false }),
})

/** Sends the client elsewhere. Spec: Kong Hub, redirect. */
export const redirect = {
  name: 'redirect',
  priority: 779,
  version: '3.9.1',
  schema,
  access(exchange, config) {
    const location = config.keep_incoming_path ? withIncomingPath(config.location, exchange) : toWire(config.location)
    return { kind: 'exit', status: config.status_code, body: 'redirecting', headers: { Location: location } }
  },
} satisfies Plugin<typeof schema>

/** The location with path and query of the request; its fragment stays. */
function withIncomingPath(location: string, { match, request, upstream }: Exchange): string {
  const url = new URL(location)
  url.pathname = fromWire(match?.path ?? request.rawPath)
  url.search = fromWire(upstream.query ?? '')
  return url.href
}
