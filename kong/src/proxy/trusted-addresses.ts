import net from 'node:net'

/** Answers whether an address is in one of the given addresses and CIDR ranges. */
export function trustedAddresses(ranges: readonly string[]): (address: string) => boolean {
  if (ranges.length === 0) return () => false
  const list = new net.BlockList()
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/')
    const family = net.isIPv6(address) ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return (address) => net.isIP(address) !== 0 && list.check(address, net.isIPv6(address) ? 'ipv6' : 'ipv4')
}

/** The address as IPv4 where a dual-stack socket shows it as `::ffff:a.b.c.d`. */
export const plainAddress = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address)
