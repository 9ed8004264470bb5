import type { Exchange } from '../../exchange.ts'
import { type ArgValue, parseArgs } from '../http/args.ts'
import { encodeQuery } from '../http/encode-args.ts'
import { visibleBody } from '../http/visible-body.ts'
import type { RequestTables } from './environment.ts'
import { type Fields, transformFields } from './fields.ts'
import type { Rules } from './headers.ts'

/** The arguments of a query or form as fields. */
export function argFields(args: Map<string, ArgValue>): Fields<ArgValue> {
  return {
    get: (name) => args.get(name),
    set: (name, value) => args.set(name, value),
    delete: (name) => args.delete(name),
    appended: (value, text) => {
      if (typeof value === 'string') return [value, text]
      return typeof value === 'object' ? [...value, text] : [text]
    },
    of: (text) => text,
  }
}

/**
 * Changes the query for the upstream, which is then written anew, in order. It begins with the query that templates
 * have seen, if any did.
 */
export function transformQuery({ request, upstream }: Exchange, rules: Rules, tables: RequestTables): void {
  if (Object.values(rules).every((list) => list.length === 0)) return
  const args = new Map(tables.query())
  transformFields(argFields(args), rules, tables.environment)
  // As everywhere in Kong, a target that ends with a question mark keeps it.
  upstream.query = encodeQuery(args) || (request.target.endsWith('?') ? '' : undefined)
}

/** Kong's service API takes no other method. */
class UnknownMethod extends Error {
  override readonly name = 'UnknownMethod'
}

const METHODS: ReadonlySet<string> = new Set([
  ...['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'MKCOL', 'COPY', 'MOVE'],
  ...['PROPFIND', 'PROPPATCH', 'LOCK', 'UNLOCK', 'PATCH', 'TRACE'],
])

/** Changes the method; one without a body of its own takes the fields of a form into the query. */
export async function transformMethod(exchange: Exchange, method: string): Promise<void> {
  const { upstream } = exchange
  if (!METHODS.has(method)) throw new UnknownMethod(`'${method}' is no method that nginx knows`)
  upstream.method = method
  if (!['GET', 'HEAD', 'TRACE'].includes(method)) return
  if (!upstream.headers.get('content-type')?.toLowerCase().includes('application/x-www-form-urlencoded')) return
  const form = parseArgs((await visibleBody(exchange))?.toString('latin1'))
  if (form.size === 0) return
  const args = new Map(parseArgs(upstream.query))
  for (const [name, value] of form) {
    const known = args.get(name)
    args.set(name, known === undefined ? value : [known, value].flat())
  }
  upstream.query = encodeQuery(args)
}
