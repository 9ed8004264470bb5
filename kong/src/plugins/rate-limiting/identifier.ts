import type { Exchange } from '../../exchange.ts'
import { visibleValues } from '../http/visible-headers.ts'
import { toWire } from '../http/wire-text.ts'

/** What requests are counted by. */
export type LimitBy = 'consumer' | 'credential' | 'ip' | 'service' | 'header' | 'path'

interface Choice {
  readonly limit_by: LimitBy | null
  readonly header_name?: string | null
  readonly path?: string | null
}

/** Whose counter a request counts in; the client's address where what is asked for is not there. */
export function identify(exchange: Exchange, choice: Choice): string {
  return chosen(exchange, choice) ?? exchange.request.clientAddress
}

function chosen(exchange: Exchange, { limit_by, header_name, path }: Choice): string | undefined {
  switch (limit_by) {
    case 'service':
      return exchange.service?.id
    case 'consumer':
      return exchange.consumer?.id ?? exchange.credential?.id
    case 'credential':
      return exchange.credential?.id
    case 'header':
      return visibleValues(exchange.upstream.headers, header_name ?? '')[0]
    case 'path':
      return pathOf(exchange) === toWire(path ?? '') ? (path ?? undefined) : undefined
    default:
      return undefined
  }
}

/** The path as routes see it: normalised. */
function pathOf({ match, request }: Exchange): string {
  return match?.path ?? request.rawPath
}
