import { promises as dns } from 'node:dns'
import net from 'node:net'
import { NameLookUpFailed, NameNotResolved } from '../balancer.ts'
import { hostsFile } from './hosts-file.ts'
import type { DnsSettings } from './settings.ts'

/** One record: an address, and for SRV the port and weight that come with it. */
export interface DnsRecord {
  readonly ip: string
  readonly port?: number
  readonly weight?: number
  /** The name that an SRV record led to. */
  readonly name?: string
}

export interface Resolution {
  readonly records: readonly DnsRecord[]
  /** Milliseconds that it may be used. */
  readonly ttl: number
  readonly type: 'A' | 'SRV'
}

/** The system's own look-up tells no TTL, in ms; nor does Node of SRV records, whose addresses' TTL has to do. */
const systemTtl = 10_000
const longestSrvTtl = 30_000

/** What needs no look-up: an address, localhost, and what the hosts file names. */
export function resolveLocally(name: string): Resolution | undefined {
  const own = net.isIP(name) ? name : name === 'localhost' || name.endsWith('.localhost') ? '127.0.0.1' : undefined
  const ip = own ?? hostsFile().get(name.toLowerCase())
  return ip === undefined ? undefined : { records: [{ ip }], ttl: Number.POSITIVE_INFINITY, type: 'A' }
}

/** Answers of a name server that say for certain that there is nothing; anything else may be different in a moment. */
const certain: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME', 'EBADQUERY', 'EFORMERR'])

/** Asks name servers, and remembers nothing. */
export class NameResolver {
  readonly #resolver: dns.Resolver
  readonly #asksSystem: boolean
  readonly #validTtl: number | undefined

  constructor({ servers, validTtl }: DnsSettings) {
    this.#resolver = new dns.Resolver({ timeout: 2000, tries: 2 })
    if (servers.length > 0) this.#resolver.setServers([...servers])
    this.#asksSystem = servers.length === 0
    this.#validTtl = validTtl
  }

  /**
   * Looks a name up: SRV before A, as Kong's default order has it; then the system's own way, unless servers are set.
   * @throws NameNotResolved, NameLookUpFailed
   */
  async resolve(name: string): Promise<Resolution> {
    const [services, addresses] = await Promise.all([this.#services(name), this.#addresses(name)])
    const [found, failure] = typeof services === 'string' ? [undefined, services] : [services, undefined]
    if (found) return this.#timed(found)
    if (typeof addresses === 'object') return this.#timed(addresses)
    const own = this.#asksSystem ? await askSystem(name) : undefined
    if (own) return this.#timed(own)
    const reason = addresses ?? failure
    throw reason === undefined ? new NameNotResolved(name) : new NameLookUpFailed(name, reason)
  }

  #timed(resolution: Resolution): Resolution {
    return this.#validTtl === undefined ? resolution : { ...resolution, ttl: this.#validTtl }
  }

  /** Undefined where there is none; a text, why there is no telling. */
  async #addresses(name: string): Promise<Resolution | string | undefined> {
    const found = await this.#resolver.resolve4(name, { ttl: true }).catch(reasonFor)
    if (!Array.isArray(found) || found.length === 0) return typeof found === 'string' ? found : undefined
    const ttl = Math.min(...found.map(({ ttl }) => ttl))
    return { records: found.map(({ address }) => ({ ip: address })), ttl: ttl * 1000, type: 'A' }
  }

  /** SRV records of the best priority, each with the addresses of the name that it leads to. */
  async #services(name: string): Promise<Resolution | string | undefined> {
    const found = await this.#resolver.resolveSrv(name).catch(reasonFor)
    if (!Array.isArray(found)) return found
    const best = Math.min(...found.map(({ priority }) => priority))
    const records: DnsRecord[] = []
    let ttl = longestSrvTtl
    for (const { name: target, port, weight } of found.filter(({ priority }) => priority === best)) {
      const resolution = resolveLocally(target) ?? (await this.#addresses(target))
      if (typeof resolution !== 'object') continue
      ttl = Math.min(ttl, resolution.ttl)
      for (const { ip } of resolution.records) records.push({ ip, port, weight: Math.max(weight, 1), name: target })
    }
    return records.length === 0 ? undefined : { records, ttl, type: 'SRV' }
  }
}

const reasonFor = (error: NodeJS.ErrnoException): string | undefined =>
  certain.has(error.code ?? '') ? undefined : (error.code ?? error.message)

async function askSystem(name: string): Promise<Resolution | undefined> {
  const found = await dns.lookup(name, { all: true, family: 4 }).catch(() => [])
  if (found.length === 0) return undefined
  return { records: found.map(({ address }) => ({ ip: address })), ttl: systemTtl, type: 'A' }
}
