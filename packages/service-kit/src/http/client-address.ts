import { isIPv4, isIPv6, SocketAddress } from 'node:net'
import type { Context } from 'hono'

/** Shared by all clients whose address is unknown: calls that did not come through the gateway. */
const UNKNOWN = 'unknown'

const IPV6_GROUPS = 8

/**
 * The network that a request came from: an IPv4 address, or the /64 of an IPv6 address, since a single subscriber has
 * at least that many. It is read from X-Real-IP, which the gateway overwrites. Someone inside the network can forge
 * it, so it only chooses a throttle's counter and never identifies or authorizes anybody.
 */
export const clientNetworkOf = (c: Context): string => networkOf(c.req.header('x-real-ip'))

export function networkOf(address: string | undefined): string {
  const parsed = parse(address)
  if (parsed === undefined) return UNKNOWN
  return typeof parsed === 'string' ? parsed : `${parsed.slice(0, 4).join(':')}::/64`
}

/** A client's network for logs, too coarse to identify a household: /24 of IPv4, /48 of IPv6. */
export function shortenedAddress(address: string | undefined): string {
  const parsed = parse(address)
  if (parsed === undefined) return UNKNOWN
  if (typeof parsed === 'string') return `${parsed.split('.').slice(0, 3).join('.')}.0/24`
  return `${parsed.slice(0, 3).join(':')}::/48`
}

/** An IPv4 address as text, an IPv6 address as its eight groups; undefined for anything else. */
function parse(address: string | undefined): string | readonly string[] | undefined {
  if (address === undefined || isIPv4(address)) return address
  if (!isIPv6(address) || address.includes('%')) return undefined
  const canonical = new SocketAddress({ family: 'ipv6', address }).address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(canonical)?.[1]
  return mapped ?? groupsOf(canonical)
}

/** The eight groups of a canonical address (RFC 5952), `::` filled with zeros. */
function groupsOf(canonical: string): string[] {
  const [head = [], tail] = canonical.split('::').map((part) => (part === '' ? [] : part.split(':')))
  if (tail === undefined) return head
  return [...head, ...new Array<string>(IPV6_GROUPS - head.length - tail.length).fill('0'), ...tail]
}
