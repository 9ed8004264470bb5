import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Registered {
  readonly ID: string
  readonly Name: string
  readonly Address: string
  readonly Port: number
  readonly ttlMs: number
  status: 'passing' | 'warning' | 'critical'
  timer: NodeJS.Timeout | undefined
}

/**
 * What Consul's documentation says of the few endpoints that registration and discovery need: agent/service/register and
 * deregister, agent/check/update with TTL checks, and health/service with blocking queries. It is no Consul: no server of
 * it is to be had from the package registries.
 */
export class ConsulDouble {
  readonly #token: string
  readonly #services = new Map<string, Registered>()
  readonly #waiting = new Set<() => void>()
  #index = 1
  #server = createServer()
  #port = 0

  constructor(token: string) {
    this.#token = token
  }

  get url(): string {
    return `//127.0.0.1:${this.#port}`
  }

  async start(): Promise<void> {
    this.#server = createServer((request, response) => void this.#answer(request, response))
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Ends it; what was registered is forgotten, as by an agent without a data directory. */
  async stop(): Promise<void> {
    for (const { timer } of this.#services.values()) clearTimeout(timer)
    this.#services.clear()
    this.#waiting.clear()
    this.#index = 1
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://consul')
    const end = (status: number, body: unknown = '') => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-consul-index': String(this.#index) })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    }
    if (request.headers['x-consul-token'] !== this.#token) return end(403, 'ACL not found')
    const [, kind, verb, name = ''] =
      /^\/v1\/(agent\/service|agent\/check|health)\/(\w+)\/?(.*)$/.exec(url.pathname) ?? []
    const key = decodeURIComponent(name)
    if (kind === 'health' && request.method === 'GET') {
      await this.#change(url.searchParams, request)
      return end(200, this.#passing(key))
    }
    if (request.method !== 'PUT') return end(405)
    if (kind === 'agent/service' && verb === 'register') return end(200, this.#register(await readJson(request)))
    if (kind === 'agent/service' && verb === 'deregister')
      return this.#remove(key) ? end(200) : end(404, `Unknown service ID "${key}"`)
    if (kind === 'agent/check' && verb === 'update')
      return this.#update(key, await readJson(request)) ? end(200) : end(404, `Unknown check ID "${key}"`)
    return end(404)
  }

  /** A blocking query: answers when the index is beyond the one given, or the wait is over. */
  async #change(query: URLSearchParams, request: IncomingMessage): Promise<void> {
    const index = Number(query.get('index') ?? 0)
    if (index === 0 || index < this.#index) return
    const seconds = Number(/^(\d+)s$/.exec(query.get('wait') ?? '')?.[1] ?? 300)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, seconds * 1000)
      const waiting = this.#waiting
      function done() {
        clearTimeout(timer)
        waiting.delete(done)
        request.socket.off('close', done)
        resolve()
      }
      waiting.add(done)
      request.socket.once('close', done)
    })
  }

  #changed(): void {
    this.#index += 1
    for (const wake of this.#waiting) wake()
  }

  #passing(name: string): object[] {
    const passing = [...this.#services.values()].filter((each) => each.Name === name && each.status === 'passing')
    return passing.map(({ ID, Name, Address, Port, status }) => ({
      Node: { Node: 'agent', Address: '127.0.0.1', Datacenter: 'dc1' },
      Service: { ID, Service: Name, Address, Port, Weights: { Passing: 1, Warning: 1 }, Tags: [] },
      Checks: [{ CheckID: `service:${ID}`, ServiceID: ID, Status: status }],
    }))
  }

  #register(body: Record<string, unknown>): string {
    const { ID, Name, Address, Port, Check } = body as unknown as Registered & {
      Check: { TTL: string; Status: string }
    }
    clearTimeout(this.#services.get(ID)?.timer)
    const ttlMs = Number.parseInt(Check.TTL, 10) * 1000
    const status = Check.Status === 'passing' ? 'passing' : 'critical'
    this.#services.set(ID, { ID, Name, Address, Port, ttlMs, status, timer: undefined })
    this.#live(ID)
    this.#changed()
    return ''
  }

  #update(check: string, { Status }: Record<string, unknown>): boolean {
    const service = this.#services.get(check.replace(/^service:/, ''))
    if (!service) return false
    if (service.status !== Status) {
      service.status = Status as Registered['status']
      this.#changed()
    }
    this.#live(service.ID)
    return true
  }

  /** Without a sign of life within the TTL the check is critical. */
  #live(id: string): void {
    const service = this.#services.get(id)
    if (!service) return
    clearTimeout(service.timer)
    service.timer = setTimeout(() => {
      service.status = 'critical'
      this.#changed()
    }, service.ttlMs)
  }

  #remove(id: string): boolean {
    clearTimeout(this.#services.get(id)?.timer)
    const known = this.#services.delete(id)
    if (known) this.#changed()
    return known
  }
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = ''
  for await (const chunk of request) text += chunk
  return JSON.parse(text) as Record<string, unknown>
}
