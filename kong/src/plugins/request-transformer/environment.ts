import type { Exchange } from '../../exchange.ts'
import { type Args, type ArgValue, parseArgs } from '../http/args.ts'
import { visibleValues } from '../http/visible-headers.ts'
import type { Environment } from '../lua/expression.ts'
import type { LuaTable, LuaValue } from '../lua/values.ts'

/** What templates can name: the request as it is when the plugin's turn comes. */
export function templateEnvironment({ match, upstream }: Exchange): Environment {
  const headers = upstream.headers.clone()
  const query = parseArgs(upstream.query)
  const captures = match?.captures ?? {}
  const tables: Readonly<Record<string, LuaTable>> = {
    headers: { get: (key) => headerOf(visibleValues(headers, String(key))) },
    query_params: { get: (key) => argOf(query, String(key)) },
    uri_captures: { get: (key) => (Object.hasOwn(captures, String(key)) ? captures[String(key)] : undefined) },
    shared: { get: () => undefined },
  }
  return (name) => (Object.hasOwn(tables, name) ? tables[name] : undefined)
}

function headerOf(values: readonly string[]): LuaValue {
  return values.length > 1 ? listTable(values) : values[0]
}

function argOf(args: Args, name: string): LuaValue {
  const value = args.get(name)
  return typeof value === 'object' ? listTable(value) : value
}

function listTable(values: ArgValue & readonly unknown[]): LuaTable {
  return { get: (key) => (typeof key === 'number' ? (values[key - 1] as LuaValue) : undefined) }
}
