import { promises as dns } from 'node:dns'
import net from 'node:net'
import { NameNotResolved } from '../balancer.ts'
import { hostsFile } from './hosts-file.ts'

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

/** Node tells no TTL of SRV records and of the system's own look-up: they are asked for again after this, in ms. */
const unknownTtl = 30_000
const systemTtl = 10_000

/** What needs no look-up: an address, localhost, and what the hosts file names. */
export function resolveLocally(name: string): Resolution | undefined {
  const own = net.isIP(name) ? name : name === 'localhost' || name.endsWith('.localhost') ? '127.0.0.1' : undefined
  const ip = own ?? hostsFile().get(name.toLowerCase())
  return ip === undefined ? undefined : { records: [{ ip }], ttl: Number.POSITIVE_INFINITY, type: 'A' }
}

/**
 * Looks a name up: SRV before A, as Kong's default order has it; then the system's own way.
 * @throws NameNotResolved
 */
export async function resolveName(name: string): Promise<Resolution> {
  const [services, addresses] = await Promise.all([resolveServices(name), resolveAddresses(name)])
  const found = services ?? addresses ?? (await askSystem(name))
  if (!found) throw new NameNotResolved(name)
  return found
}

async function resolveAddresses(name: string): Promise<Resolution | undefined> {
  const found = await dns.resolve4(name, { ttl: true }).catch(() => [])
  if (found.length === 0) return undefined
  const ttl = Math.min(...found.map(({ ttl }) => ttl))
  return { records: found.map(({ address }) => ({ ip: address })), ttl: Math.max(ttl, 1) * 1000, type: 'A' }
}

/** SRV records of the best priority, each with the addresses of the name that it leads to. */
async function resolveServices(name: string): Promise<Resolution | undefined> {
  const found = await dns.resolveSrv(name).catch(() => [])
  const best = Math.min(...found.map(({ priority }) => priority))
  const records: DnsRecord[] = []
  for (const { name: target, port, weight } of found.filter(({ priority }) => priority === best)) {
    const addresses = net.isIP(target) ? [target] : await dns.resolve4(target).catch(() => [])
    for (const ip of addresses) records.push({ ip, port, weight: Math.max(weight, 1), name: target })
  }
  return records.length === 0 ? undefined : { records, ttl: unknownTtl, type: 'SRV' }
}

async function askSystem(name: string): Promise<Resolution | undefined> {
  const found = await dns.lookup(name, { all: true, family: 4 }).catch(() => [])
  if (found.length === 0) return undefined
  return { records: found.map(({ address }) => ({ ip: address })), ttl: systemTtl, type: 'A' }
}
