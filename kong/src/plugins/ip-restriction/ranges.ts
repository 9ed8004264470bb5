import ipaddr from 'ipaddr.js'

/** Whether a text is an address or a range, of either version of IP. */
export function isAddressOrRange(text: string): boolean {
  const [address = '', bits] = text.split('/', 2)
  if (!ipaddr.isValid(address) || (ipaddr.IPv4.isIPv4(address) && !ipaddr.IPv4.isValidFourPartDecimal(address)))
    return false
  if (bits === undefined) return !text.includes('/')
  return /^\d+$/.test(bits) && Number(bits) <= (ipaddr.parse(address).kind() === 'ipv4' ? 32 : 128)
}

/** A set of addresses. */
export interface AddressRanges {
  contains(address: string): boolean
}

/** Compiles addresses and ranges. An address of the other version of IP is in none of them. */
export function addressRanges(texts: readonly string[]): AddressRanges {
  const parsed = texts.map((text) => {
    if (text.includes('/')) return ipaddr.parseCIDR(text)
    const address = ipaddr.parse(text)
    return [address, address.kind() === 'ipv4' ? 32 : 128] as const
  })
  return {
    contains(text) {
      if (parsed.length === 0) return false
      const address = ipaddr.parse(text)
      return parsed.some(([range, bits]) => address.kind() === range.kind() && address.match(range as never, bits))
    },
  }
}
