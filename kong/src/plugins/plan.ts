import type { Configuration } from '../config/configuration.ts'
import type { PluginEntity } from '../config/entities.ts'
import type { Plugin } from './plugin.ts'

/** One enabled plugin of the file together with its code. */
export interface Instance {
  readonly plugin: Plugin
  readonly entity: PluginEntity
}

/** All enabled instances of one plugin, by scope. */
class Scopes {
  readonly #byScope = new Map<string, Instance>()
  readonly consumers = new Set<string>()

  add(instance: Instance): void {
    const { route, service, consumer, id } = instance.entity
    const scope = scopeOf(route?.id, service?.id, consumer?.id)
    const rival = this.#byScope.get(scope)
    if (rival && rival.entity.id > id) return
    this.#byScope.set(scope, instance)
    if (consumer) this.consumers.add(consumer.id)
  }

  /** The most specific instance; Kong 3.9, runloop/plugins_iterator.lua. */
  find(route: string | undefined, service: string | undefined, consumer: string | undefined): Instance | undefined {
    const find = (r?: string, s?: string, c?: string) => this.#byScope.get(scopeOf(r, s, c))
    return (
      (consumer && route && service ? find(route, service, consumer) : undefined) ??
      (consumer && route ? find(route, undefined, consumer) : undefined) ??
      (consumer && service ? find(undefined, service, consumer) : undefined) ??
      (route && service ? find(route, service) : undefined) ??
      (consumer ? find(undefined, undefined, consumer) : undefined) ??
      (route ? find(route) : undefined) ??
      (service ? find(undefined, service) : undefined) ??
      find()
    )
  }

  global(): Instance | undefined {
    return this.#byScope.get(scopeOf())
  }
}

function scopeOf(route = '', service = '', consumer = ''): string {
  return `${route}:${service}:${consumer}`
}

/** One plugin's turn on one route: the instance for everybody, and those of single consumers. */
export class Turn {
  readonly base: Instance | undefined
  readonly #scopes: Scopes
  readonly #route: string | undefined
  readonly #service: string | undefined
  readonly #byConsumer = new Map<string, Instance | undefined>()

  constructor(scopes: Scopes, route: string | undefined, service: string | undefined) {
    this.#scopes = scopes
    this.#route = route
    this.#service = service
    this.base = scopes.find(route, service, undefined)
  }

  get possible(): boolean {
    return this.base !== undefined || this.#scopes.consumers.size > 0
  }

  instanceFor(consumer: string | undefined): Instance | undefined {
    if (consumer === undefined || !this.#scopes.consumers.has(consumer)) return this.base
    if (!this.#byConsumer.has(consumer)) {
      this.#byConsumer.set(consumer, this.#scopes.find(this.#route, this.#service, consumer))
    }
    return this.#byConsumer.get(consumer)
  }
}

/** Which plugins run where, worked out once per configuration and route. */
export class Plan {
  /** The global instances, in order. */
  readonly globals: readonly Instance[]
  readonly #scopes: readonly Scopes[]
  readonly #turns = new Map<string, readonly Turn[]>()

  constructor(configuration: Configuration, registry: ReadonlyMap<string, Plugin>) {
    const byName = new Map<string, Scopes>()
    for (const entity of configuration.table('plugins').values()) {
      const plugin = registry.get(entity.name)
      if (!plugin || !entity.enabled || !runsOnHttp(entity)) continue
      if (entity.consumer && plugin.unscopable?.includes('consumer')) continue
      const scopes = byName.get(entity.name) ?? new Scopes()
      byName.set(entity.name, scopes)
      scopes.add({ plugin, entity })
    }
    const names = inOrder([...byName.keys()].map((name) => registry.get(name) as Plugin)).map(({ name }) => name)
    this.#scopes = names.map((name) => byName.get(name) as Scopes)
    this.globals = this.#scopes.map((scopes) => scopes.global()).filter((instance) => instance !== undefined)
  }

  turns(route: string | undefined, service: string | undefined): readonly Turn[] {
    const key = scopeOf(route, service)
    let turns = this.#turns.get(key)
    if (!turns) {
      turns = this.#scopes.map((scopes) => new Turn(scopes, route, service)).filter((turn) => turn.possible)
      this.#turns.set(key, turns)
    }
    return turns
  }
}

/** Plugins in the order in which they run: priority falling, names that tie in falling order too. */
export function inOrder(plugins: readonly Plugin[]): readonly Plugin[] {
  return [...plugins].sort((a, b) => b.priority - a.priority || (a.name < b.name ? 1 : -1))
}

/** Whether an instance is for HTTP at all; which of the HTTP protocols it names makes no difference in Kong. */
function runsOnHttp(entity: PluginEntity): boolean {
  const stream = ['tcp', 'tls', 'udp', 'tls_passthrough']
  return entity.protocols.length === 0 || entity.protocols.some((protocol) => !stream.includes(protocol))
}
