import type { Exchange } from '../exchange.ts'
import { HeaderList } from '../headers.ts'
import { responseHeaderName } from './http/response-header-name.ts'

const KEY = 'early headers'

/**
 * Sets a header of the answer while there is none yet (in `access`). It stands before the upstream's headers, whose
 * line of the same name stays, as a second one.
 */
export function setEarlyHeader(exchange: Exchange, name: string, value: string): void {
  let headers = exchange.shared.get(KEY) as HeaderList | undefined
  if (!headers) {
    headers = new HeaderList()
    exchange.shared.set(KEY, headers)
  }
  headers.set(responseHeaderName(name), value)
}

/** Moves the headers set so far to the front of the answer. */
export function placeEarlyHeaders(exchange: Exchange): void {
  const headers = exchange.shared.get(KEY) as HeaderList | undefined
  if (!headers) return
  exchange.shared.delete(KEY)
  exchange.response?.headers.prepend(headers)
}
