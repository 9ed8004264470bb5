import { map, string } from '../../config/schema/field.ts'
import type { Exchange } from '../../exchange.ts'
import { parseArgs, valuesOf } from '../http/args.ts'
import { visibleValues } from '../http/visible-headers.ts'
import { fromWire, toWire } from '../http/wire-text.ts'
import { perConfig } from '../per-config.ts'
import { compileExpression, type Expression } from './expression.ts'
import { tokenise, UnsupportedLua } from './tokens.ts'
import { functions, type LuaTable, type LuaValue, textOf } from './values.ts'

/**
 * Fields that Lua adds to log entries or, with `nil`, takes out: `return` and an expression, in which a few functions of
 * Kong's may be called. What goes beyond is refused when the file is loaded.
 */
export const customFieldsByLua = map(string({ len_min: 1 }), string({ len_min: 1, custom: checkChunk }))

function checkChunk(text: string): string | undefined {
  try {
    compileChunk(text)
    return undefined
  } catch (error) {
    if (error instanceof UnsupportedLua) return `Error parsing function: ${error.message}`
    throw error
  }
}

/** Compiles `return EXPRESSION`. @throws UnsupportedLua that names the line */
function compileChunk(text: string): Expression {
  const [, before = '', expression] = /^(\s*)return\b(.*?);?\s*$/s.exec(text) ?? []
  const line = (at: string) => `line ${at.split('\n').length}`
  if (expression === undefined) {
    throw new UnsupportedLua(
      `${line(/^\s*/.exec(text)?.[0] ?? '')}: the embedded gateway runs only 'return' and an expression`,
    )
  }
  try {
    checkNames(expression)
    return compileExpression(toWire(expression.trim() === '' ? 'nil' : expression))
  } catch (error) {
    if (error instanceof UnsupportedLua) throw new UnsupportedLua(`${line(before)}: ${error.message}`)
    throw error
  }
}

/** Looks up what every name stands for, so that none turns out to be missing when a request is logged. */
function checkNames(expression: string): void {
  const tokens = tokenise(expression)
  for (const [i, { kind, text }] of tokens.entries()) {
    if (kind !== 'name' || ['.', ':'].includes(tokens[i - 1]?.text ?? '')) continue
    if (KEYWORDS.has(text) || Object.hasOwn(functions, text)) continue
    const path = [i, i + 2, i + 4].map((at) => tokens[at]?.text)
    const name = path.join('.')
    if (!Object.hasOwn(kongFunctions, name)) {
      throw new UnsupportedLua(`'${text === 'kong' ? name : text}' is not there in log entries of this gateway`)
    }
  }
}

const KEYWORDS = new Set(['nil', 'true', 'false', 'and', 'or', 'not'])

type KongFunction = (exchange: Exchange, argument: string) => LuaValue

const kongFunctions: Readonly<Record<string, KongFunction>> = {
  'kong.request.get_header': ({ upstream }, name) => visibleValues(upstream.headers, name)[0],
  'kong.request.get_query_arg': ({ upstream }, name) => valuesOf(parseArgs(upstream.query), name)[0],
  'kong.request.get_method': ({ upstream }) => upstream.method,
  'kong.request.get_path': ({ match, request }) => match?.path ?? request.rawPath,
  'kong.request.get_scheme': ({ request }) => request.scheme,
  'kong.request.get_host': ({ request }) => request.host,
  'kong.client.get_ip': ({ request }) => request.peerAddress,
  'kong.client.get_forwarded_ip': ({ request }) => request.clientAddress,
  'kong.response.get_status': ({ response }) => response?.status,
  'kong.response.get_header': ({ response }, name) => response && visibleValues(response.headers, name)[0],
}

/** The functions as the tables that Lua indexes. */
function kongTable(exchange: Exchange, prefix = 'kong'): LuaTable {
  return {
    get(key) {
      const name = `${prefix}.${key}`
      const found = Object.hasOwn(kongFunctions, name) ? kongFunctions[name] : undefined
      return found ? (argument) => found(exchange, textOf(argument)) : kongTable(exchange, name)
    },
  }
}

const compiled = perConfig((fields: Readonly<Record<string, string>>) =>
  Object.entries(fields).map(([key, text]) => [key.split('.'), compileChunk(text)] as const),
)

const KEY = 'fields of log entries'

type FieldValue = readonly [path: readonly string[], value: unknown]

/**
 * The entry with the fields of the configuration, and with those that log plugins before this one have set for the same
 * request, as in Kong. Dots in a name lead into records. A field that fails is left out.
 */
export function withCustomFields<Entry extends object>(
  entry: Entry,
  fields: Readonly<Record<string, string>> | null,
  exchange: Exchange,
): object {
  const before = (exchange.shared.get(KEY) ?? []) as readonly FieldValue[]
  const all = fields === null ? before : [...before, ...valuesOfFields(fields, exchange)]
  exchange.shared.set(KEY, all)
  return all.reduce((changed: object, [path, value]) => withField(changed, path, value), entry)
}

function valuesOfFields(fields: Readonly<Record<string, string>>, exchange: Exchange): FieldValue[] {
  return compiled(fields).flatMap(([path, expression]): FieldValue[] => {
    try {
      const value = expression((name) => (name === 'kong' ? kongTable(exchange) : functions[name]))
      return [[path, typeof value === 'string' ? fromWire(value) : value]]
    } catch (error) {
      exchange.worker.log.error('a custom field of a log entry failed', { field: path.join('.'), error: String(error) })
      return []
    }
  })
}

function withField(record: object, [name = '', ...rest]: readonly string[], value: unknown): object {
  const members = new Map(Object.entries(record))
  const member = members.get(name)
  if (rest.length > 0) members.set(name, withField(isRecord(member) ? member : {}, rest, value))
  else if (value === undefined) members.delete(name)
  else members.set(name, value)
  return Object.fromEntries(members)
}

const isRecord = (value: unknown): value is object => typeof value === 'object' && value !== null
