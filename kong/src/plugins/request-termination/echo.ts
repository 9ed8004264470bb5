import { hostname } from 'node:os'
import type { Exchange } from '../../exchange.ts'
import { entityJson } from '../entity-json.ts'
import { parseArgs } from '../http/args.ts'
import { readBodyFields } from '../http/body-fields.ts'
import { readable } from '../http/readable.ts'
import { visibleBody } from '../http/visible-body.ts'
import { fromWire } from '../http/wire-text.ts'

/** Everything that Kong tells of a request which it sends back instead of proxying it. */
export async function echo(exchange: Exchange, message: string | undefined): Promise<Record<string, unknown>> {
  const { match, request, route, service, upstream, worker } = exchange
  return {
    message,
    kong: { node_id: worker.nodeId, worker_pid: worker.pid, hostname: hostname() },
    request: {
      scheme: request.scheme,
      host: request.host,
      port: request.port,
      headers: readable(headersOf(exchange)),
      query: readable(Object.fromEntries(parseArgs(upstream.query))),
      body: readable((await readBodyFields(exchange))?.json),
      raw_body: (await visibleBody(exchange))?.toString('utf8'),
      method: upstream.method,
      path: fromWire(match?.path ?? request.rawPath),
      uri_captures: capturesOf(exchange),
    },
    matched_route: route && entityJson(route),
    matched_service: service && entityJson(service),
  }
}

function headersOf({ upstream }: Exchange): Record<string, unknown> {
  const headers: Record<string, unknown> = Object.create(null)
  for (const [name] of upstream.headers) {
    const values = upstream.headers.all(name)
    headers[name.toLowerCase()] = values.length > 1 ? values : values[0]
  }
  return headers
}

function capturesOf({ match }: Exchange): { readonly named: object; readonly unnamed: readonly string[] } {
  const captures = Object.entries(match?.captures ?? {}).filter(([name]) => name !== '0')
  const isNumber = ([name]: readonly [string, string]) => /^\d+$/.test(name)
  return {
    named: Object.fromEntries(captures.filter((capture) => !isNumber(capture))),
    unnamed: captures.filter(isNumber).map(([, value]) => value),
  }
}
