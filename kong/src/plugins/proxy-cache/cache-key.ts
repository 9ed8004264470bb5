import { createHash } from 'node:crypto'
import type { Exchange } from '../../exchange.ts'
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
export function cacheKey({ consumer, request, route }: Exchange, choice: KeyChoice): string {
  const prefix = [consumer?.id, route?.id].filter((id) => id !== undefined).join(':') || 'default'
  const line = request.rawQuery === undefined ? `${request.rawPath} HTTP/${request.httpVersion}` : request.rawPath
  const uri = choice.ignore_uri_case ? line.toLowerCase() : line
  const parameters = parametersOf(parseArgs(request.rawQuery), choice.vary_query_params)
  const headers = (choice.vary_headers ?? []).map((name) => `${name}=${visibleValues(request.headers, name).join(',')}`)
  const text = [prefix, request.method, uri, parameters, headers.join(':')].join('|')
  return createHash('sha256').update(text, 'latin1').digest('hex')
}

function parametersOf(args: Args, vary: readonly string[] | null): string {
  const names = vary?.length ? vary.filter((name) => args.has(name)) : [...args.keys()].sort()
  return names.map((name) => `${name}=${valuesOf(args, name).map(String).sort().join(',')}`).join(':')
}
