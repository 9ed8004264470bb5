import type { Exchange } from '../../exchange.ts'
import type { HeaderList } from '../../headers.ts'
import { type Args, type ArgValue, parseArgs } from '../http/args.ts'
import { visibleValues } from '../http/visible-headers.ts'
import type { Environment } from '../lua/expression.ts'
import type { LuaTable, LuaValue } from '../lua/values.ts'

/**
 * What templates can name. Headers and query are the request as it is when they are first asked for, which may be after
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
    if (name === 'query_params') return { get: (key) => argOf(this.query(), String(key)) }
    if (name === 'uri_captures') return { get: (key) => this.#captureOf(String(key)) }
    return name === 'shared' ? { get: () => undefined } : undefined
  }

  query(): Args {
    this.#query ??= parseArgs(this.#exchange.upstream.query)
    return this.#query
  }

  #headersNow(): HeaderList {
    this.#headers ??= this.#exchange.upstream.headers.clone()
    return this.#headers
  }

  #captureOf(key: string): string | undefined {
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
