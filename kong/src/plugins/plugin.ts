import type { PluginEntity, Protocol } from '../config/entities.ts'
import type { EntityCheck, Field, Value } from '../config/schema/field.ts'
import type { Exchange } from '../exchange.ts'

/**
 * An answer made by the gateway instead of the upstream. There are three writers, with different bytes
 * (kong-behaviour 2.11): `error` negotiates the type by Accept and carries the request id, `exit` is a compact JSON
 * table or a raw body, `nginx` is a page of nginx itself.
 */
export type Exit =
  | { readonly kind: 'error'; readonly status: number; readonly message?: string; readonly headers?: ExitHeaders }
  | {
      readonly kind: 'exit'
      readonly status: number
      readonly body?: ExitBody
      readonly headers?: ExitHeaders
      /** It stands for an answer of the upstream (a stored one), and tells the same of itself: Via and latencies. */
      readonly proxied?: boolean
    }
  | { readonly kind: 'nginx'; readonly status: number; readonly headers?: ExitHeaders }
  | { readonly kind: 'close' }

export type ExitHeaders = Readonly<Record<string, string | readonly string[]>>

/** An object becomes compact JSON, a text or buffer is sent as it is. */
export type ExitBody = string | Buffer | Readonly<Record<string, unknown>>

export type Maybe<T> = T | Promise<T>

/**
 * A plugin: one file, one exported value of this shape. Phases have Kong's names. A phase that answers with an `Exit`
 * ends `access`: the upstream is not asked, and the filters and `log` of every plugin of the request still run.
 *
 * A handler gets its validated configuration and never checks it again, and after it the instance that it runs for.
 * State that must outlive a request lives in `exchange.worker.state(name, …)`, state of one request in
 * `exchange.shared`.
 */
export interface Plugin<Schema extends Field = Field> {
  readonly name: string
  /** Kong 3.9's; higher runs first. The whole order is pinned in `plugin-order.test.ts`. */
  readonly priority: number
  readonly version: string
  /** The `config` record. */
  readonly schema: Schema
  /** Checks over the whole plugin entity, whose fields they name as `config.second`. */
  readonly entity_checks?: readonly EntityCheck[]
  /** Fields of `config` that name files which the plugin writes; `KONG_PLUGIN_FILES_DIR` confines them to a folder. */
  readonly writtenFiles?: readonly string[]
  /** What the `protocols` of an instance may hold; the four of HTTP unless said otherwise. */
  readonly protocols?: readonly Protocol[]
  /** What they are where the file leaves them out; those of HTTP unless said otherwise. */
  readonly usualProtocols?: readonly Protocol[]
  /** What the plugin can't be scoped to (`consumer` for the authentication plugins). */
  readonly unscopable?: readonly ('consumer' | 'service' | 'route')[]
  /** Runs before the route's own plugins are known; global instances only. */
  rewrite?(exchange: Exchange, config: Value<Schema>, instance: PluginEntity): Maybe<Exit | undefined>
  access?(exchange: Exchange, config: Value<Schema>, instance: PluginEntity): Maybe<Exit | undefined>
  headerFilter?(exchange: Exchange, config: Value<Schema>, instance: PluginEntity): void
  /** Whether `bodyFilter` has anything to do with this answer; asked after the header filters, and yes if absent. */
  readsBody?(exchange: Exchange): boolean
  /**
   * Called for each piece of the answer's body, and once more with `last`. Answers the piece to send instead; an empty
   * buffer holds it back. A plugin that changes the length says so in `headerFilter` (`response.rewritesBody`). One that
   * throws ends the connection: part of the answer may be on its way already.
   */
  bodyFilter?(exchange: Exchange, config: Value<Schema>, chunk: Buffer, last: boolean): Buffer
  log?(exchange: Exchange, config: Value<Schema>, instance: PluginEntity): void
}
