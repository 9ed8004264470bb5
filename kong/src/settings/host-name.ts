/** Names and addresses of hosts in one spelling, so that they can be compared. */
import ipaddr from 'ipaddr.js'
import { readAddress } from '../config/addresses.ts'

/** What stands before the path of a URL, in one spelling. */
export interface Authority {
  readonly host: string
  readonly port: number | undefined
}

/**
 * Reads `host[:port]` as in a `Host` header (RFC 9110, section 7.2).
 *
 * @returns undefined for anything else, such as a user name before the host.
 */
export function readAuthority(text: string): Authority | undefined {
  const address = readAddress(text)
  return 'problem' in address ? undefined : { host: normalizeHost(address.host), port: address.port }
}

/** Lower case, without the trailing dot; an address in its shortest form, without brackets and zone. */
export function normalizeHost(host: string): string {
  const bare = host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  const [address = ''] = bare.split('%')
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address)
  // An IPv4 address within IPv6 (`::ffff:127.0.0.1`) becomes the former.
  return isAddress ? ipaddr.process(address).toString() : bare.replace(/\.$/, '')
}

/** Whether only this machine can reach what listens there: `localhost`, 127.0.0.0/8 and `::1`. */
export function isLoopback(host: string): boolean {
  const normal = normalizeHost(host)
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(normal) || ipaddr.IPv6.isValid(normal)
  return isAddress ? ipaddr.parse(normal).range() === 'loopback' : normal === 'localhost'
}
