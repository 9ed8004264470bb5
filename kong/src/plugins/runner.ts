import { BodyUnreadable } from '../body-unreadable.ts'
import type { Configuration } from '../config/configuration.ts'
import type { Exchange } from '../exchange.ts'
import { startPluginSpan } from '../tracing/trace.ts'
import { placeEarlyHeaders } from './early-headers.ts'
import { type Instance, Plan, type Turn } from './plan.ts'
import type { Exit, Maybe, Plugin } from './plugin.ts'

/** Runs the plugins of one configuration. */
export interface PluginRunner {
  forRequest(exchange: Exchange): RequestPlugins
}

/**
 * The plugins of one request. `rewrite` is called before routing and `access` after routing and the protocol checks;
 * where `access` is never called (no route, a failed check, a malformed request), only global instances filter and log.
 */
export interface RequestPlugins {
  rewrite(): Maybe<Exit | undefined>
  access(): Maybe<Exit | undefined>
  /** Needs `exchange.response`. */
  headerFilter(): void
  /** Whether the answer's body must go through `bodyFilter`; known after `headerFilter`. */
  readonly rewritesBody: boolean
  /**
   * One more piece of the body, or its end; the piece to send instead.
   * @throws BodyFilterFailed: the connection is then to be closed, with what of the answer has not been sent yet
   */
  bodyFilter(chunk: Buffer, last: boolean): Buffer
  log(): void
}

/** A plugin can't go on with an answer's body. Nothing more of it may be sent. */
export class BodyFilterFailed extends Error {
  override readonly name = 'BodyFilterFailed'
}

/** Works out once what a configuration's requests need. */
export function createPluginRunner(configuration: Configuration, registry: ReadonlyMap<string, Plugin>): PluginRunner {
  const plan = new Plan(configuration, registry)
  return { forRequest: (exchange) => new Run(plan, exchange) }
}

class Run implements RequestPlugins {
  readonly #plan: Plan
  readonly #exchange: Exchange
  /** The instances whose filters and log run. */
  #collected: readonly Instance[]

  constructor(plan: Plan, exchange: Exchange) {
    this.#plan = plan
    this.#exchange = exchange
    this.#collected = plan.globals
  }

  rewrite(): Maybe<Exit | undefined> {
    const instances = this.#plan.globals
    const from = (index: number): Maybe<Exit | undefined> => {
      for (let i = index; i < instances.length; i++) {
        const exit = this.#call(instances[i] as Instance, 'rewrite')
        if (exit instanceof Promise) return exit.then((settled) => settled ?? from(i + 1))
        if (exit) return exit
      }
      return undefined
    }
    return from(0)
  }

  access(): Maybe<Exit | undefined> {
    const { route, service } = this.#exchange
    const collected: Instance[] = []
    this.#collected = collected
    return this.#accessFrom(this.#plan.turns(route?.id, service?.id), 0, collected, undefined)
  }

  /** The first exit ends access, but the instances after it are still chosen: their filters run. */
  #accessFrom(turns: readonly Turn[], start: number, collected: Instance[], exit?: Exit): Maybe<Exit | undefined> {
    let answer = exit
    for (let i = start; i < turns.length; i++) {
      const instance = (turns[i] as Turn).instanceFor(this.#exchange.consumer?.id)
      if (!instance) continue
      collected.push(instance)
      if (answer) continue
      const result = this.#call(instance, 'access')
      if (result instanceof Promise) return result.then((settled) => this.#accessFrom(turns, i + 1, collected, settled))
      answer = result
    }
    return answer
  }

  #call(instance: Instance, phase: 'rewrite' | 'access'): Maybe<Exit | undefined> {
    const { plugin, entity } = instance
    if (!plugin[phase]) return undefined
    const end = startPluginSpan(this.#exchange, phase, plugin.name)
    try {
      const result = plugin[phase](this.#exchange, entity.config as never, entity)
      if (result instanceof Promise) {
        const settled = result.catch((error) => this.#failed(instance, phase, error))
        return end ? settled.finally(end) : settled
      }
      end?.()
      return result
    } catch (error) {
      end?.()
      return this.#failed(instance, phase, error)
    }
  }

  headerFilter(): void {
    placeEarlyHeaders(this.#exchange)
    this.#forEach('headerFilter')
  }

  get rewritesBody(): boolean {
    return this.#collected.some(({ plugin }) => plugin.bodyFilter && plugin.readsBody?.(this.#exchange) !== false)
  }

  bodyFilter(chunk: Buffer, last: boolean): Buffer {
    let piece = chunk
    for (const instance of this.#collected) {
      const { plugin, entity } = instance
      try {
        if (plugin.bodyFilter) piece = plugin.bodyFilter(this.#exchange, entity.config as never, piece, last)
      } catch (error) {
        this.#failed(instance, 'bodyFilter', error)
        throw new BodyFilterFailed(`${plugin.name} failed`, { cause: error })
      }
    }
    return piece
  }

  log(): void {
    this.#forEach('log')
  }

  #forEach(phase: 'headerFilter' | 'log'): void {
    for (const instance of this.#collected) {
      const { plugin, entity } = instance
      if (!plugin[phase]) continue
      const end = phase === 'log' ? undefined : startPluginSpan(this.#exchange, 'header_filter', plugin.name)
      try {
        plugin[phase](this.#exchange, entity.config as never, entity)
      } catch (error) {
        this.#failed(instance, phase, error)
      }
      end?.()
    }
  }

  /** @throws BodyUnreadable, since that is no failure of the plugin that asked for the body. */
  #failed(instance: Instance, phase: string, error: unknown): Exit {
    if (error instanceof BodyUnreadable) throw error
    const { name, id } = instance.entity
    this.#exchange.worker.log.error('a plugin failed', { plugin: name, instance: id, phase, error })
    this.#exchange.source = 'error'
    return { kind: 'error', status: 500, message: 'An unexpected error occurred' }
  }
}
