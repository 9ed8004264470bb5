import { createHash } from 'node:crypto'
import type { Exchange } from '../../exchange.ts'
import type { HeaderList } from '../../headers.ts'
import { type Args, parseArgs, valuesOf } from '../http/args.ts'
import { visibleValues } from '../http/visible-headers.ts'

/** What a key depends on besides method and target. */
export interface KeyChoice {
  readonly vary_query_params: readonly string[] | null
  readonly vary_headers: readonly string[] | null
  readonly ignore_uri_case: boolean | null
}

/**
 * The key of a request: SHA-256 of whose it is, its method, its target and what it varies by. Without a query, the
 * version of HTTP counts too, since Kong cuts the request line at the first `?`.
 */
export function cacheKey({ consumer, request, route, upstream }: Exchange, choice: KeyChoice): string {
  const prefix = [consumer?.id, route?.id].filter((id) => id !== undefined).join(':') || 'default'
  const line = request.rawQuery === undefined ? `${request.rawPath} HTTP/${request.httpVersion}` : request.rawPath
  const uri = choice.ignore_uri_case ? line.toLowerCase() : line
  const parameters = parametersOf(parseArgs(upstream.query), choice.vary_query_params)
  const headers = headersOf(upstream.headers, choice.vary_headers ?? [])
  const text = [prefix, upstream.method, uri, parameters, headers].join('|')
  return createHash('sha256').update(text, 'latin1').digest('hex')
}

function parametersOf(args: Args, vary: readonly string[] | null): string {
  const names = vary?.length ? vary.filter((name) => args.has(name)) : [...args.keys()].sort()
  const pairs = names.map((name) => {
    // A name without a value is another key than the same name with the value `true`.
    if (args.get(name) === true) return name
    return `${name}=${valuesOf(args, name).map(String).sort().join(',')}`
  })
  return pairs.join(':')
}

/** A header that is not there is another key than an empty one. */
function headersOf(headers: HeaderList, names: readonly string[]): string {
  const present = names.map((name) => [name, visibleValues(headers, name)] as const)
  const pairs = present.filter(([, values]) => values.length > 0)
  return pairs.map(([name, values]) => `${name}=${[...values].sort().join(',')}`).join(':')
}
