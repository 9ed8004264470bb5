import type { Exchange } from '../../exchange.ts'
import { type ArgValue, parseArgs } from '../http/args.ts'
import { mediaTypeOf } from '../http/content-type.ts'
import { encodeQuery } from '../http/encode-args.ts'
import { visibleBody } from '../http/visible-body.ts'
import type { Environment } from '../lua/expression.ts'
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

/** Changes the query for the upstream, which is then written anew, its names in order. */
export function transformQuery({ upstream }: Exchange, rules: Rules, environment: Environment): void {
  if (Object.values(rules).every((list) => list.length === 0)) return
  const args = new Map(parseArgs(upstream.query))
  transformFields(argFields(args), rules, environment)
  upstream.query = encodeQuery(args) || undefined
}

/** Changes the method; one without a body of its own takes the fields of a form into the query. */
export async function transformMethod(exchange: Exchange, method: string): Promise<void> {
  const { request, upstream } = exchange
  upstream.method = method
  if (!['GET', 'HEAD', 'TRACE'].includes(method)) return
  if (mediaTypeOf(request.headers.get('content-type')) !== 'application/x-www-form-urlencoded') return
  const form = parseArgs((await visibleBody(exchange))?.toString('latin1'))
  if (form.size === 0) return
  const args = new Map(parseArgs(upstream.query))
  for (const [name, value] of form) {
    const known = args.get(name)
    args.set(name, known === undefined ? value : [known, value].flat())
  }
  upstream.query = encodeQuery(args)
}
