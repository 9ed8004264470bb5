import type { Exchange } from '../../exchange.ts'
import type { HeaderList } from '../../headers.ts'
import { type Args, type ArgValue, parseArgs } from '../http/args.ts'
import { visibleValues } from '../http/visible-headers.ts'
import type { Environment } from '../lua/expression.ts'
import { type LuaTable, type LuaValue, typeName } from '../lua/values.ts'

/**
 * What templates can name; of Lua's own functions that is `type` alone, as in Kong. Headers and query are the request as it is when they are first asked for, which may be after
 * earlier rules of the same plugin have changed it, and stay so.
 */
export class RequestTables {
  readonly #exchange: Exchange
  #headers: HeaderList | undefined
  #query: Args | undefined

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  readonly environment: Environment = (name) => {
    if (name === 'headers') return { get: (key) => headerOf(visibleValues(this.#headersNow(), String(key))) }
    if (name === 'query_params')
      return { get: (key) => (typeof key === 'string' ? argOf(this.query(), key) : undefined) }
    if (name === 'uri_captures') return { get: (key) => this.#captureOf(key) }
    if (name === 'shared') return { get: () => undefined }
    return name === 'type' ? (value: LuaValue) => typeName(value) : undefined
  }

  query(): Args {
    this.#query ??= parseArgs(this.#exchange.upstream.query)
    return this.#query
  }

  #headersNow(): HeaderList {
    this.#headers ??= this.#exchange.upstream.headers.clone()
    return this.#headers
  }

  /** Captures without a name have numbers, and texts do not find those. */
  #captureOf(key: string | number): string | undefined {
    if (typeof key === 'string' && /^\d+$/.test(key)) return undefined
    const captures = this.#exchange.match?.captures ?? {}
    return Object.hasOwn(captures, key) ? captures[key] : undefined
  }
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
