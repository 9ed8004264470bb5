import ipaddr from 'ipaddr.js'

/** A host name or address, and the port written behind it. */
export interface Address {
  readonly kind: 'name' | 'ipv4' | 'ipv6'
  /** A name as written, an IPv4 address without leading zeros, an IPv6 address in full within brackets. */
  readonly host: string
  readonly port: number | undefined
}

export interface BadAddress {
  readonly problem: string
}

/** Reads `host[:port]` as Kong does (kong/tools/ip.lua); a bad one is told in Kong's words. */
export function readAddress(text: string): Address | BadAddress {
  const colons = text.split(':').length - 1
  if (colons > 1) return readIpv6(text)
  return /^[\d.]+$/.test(text.replace(':', '')) ? readIpv4(text) : readName(text)
}

function readPort(digits: string | undefined): number | undefined | BadAddress {
  if (digits === undefined) return undefined
  return Number(digits) > 65535 ? { problem: 'invalid port number' } : Number(digits)
}

/** A name may end in a dot. */
function readName(text: string): Address | BadAddress {
  const [, name = '', digits] = /^(.*?)(?::(\d+))?$/s.exec(text) ?? []
  const port = readPort(digits)
  if (typeof port === 'object') return port
  const labels = name.replace(/\.$/, '').split('.')
  const wellFormed = /^[\w.-]+$/.test(name) && labels.every((label) => label !== '' && !label.endsWith('-'))
  return wellFormed ? { kind: 'name', host: name, port } : { problem: `invalid hostname: ${text}` }
}

function readIpv4(text: string): Address | BadAddress {
  const [, octets = '', digits] = /^((?:\d{1,3}\.){3}\d{1,3})(?::(\d+))?$/.exec(text) ?? []
  const numbers = octets.split('.').map(Number)
  if (numbers.length !== 4 || numbers.some((n) => n > 255)) return { problem: `invalid ipv4 address: ${text}` }
  const port = readPort(digits)
  return typeof port === 'object' ? port : { kind: 'ipv4', host: numbers.join('.'), port }
}

function readIpv6(text: string): Address | BadAddress {
  const [, bracketed, rest = '', bare] = /^(?:\[([^\]]*)\](.*)|([^[\]]*))$/s.exec(text) ?? []
  const digits = /^:(\d+)$/.exec(rest)?.[1]
  if (rest !== '' && digits === undefined) return { problem: 'invalid ipv6 address' }
  const port = readPort(digits)
  if (typeof port === 'object') return port
  const address = bracketed ?? bare ?? ''
  if (!/^[\da-f:]+$/i.test(address) || !ipaddr.IPv6.isValid(address))
    return { problem: `invalid ipv6 address: ${text}` }
  return { kind: 'ipv6', host: `[${inFull(address)}]`, port }
}

const inFull = (address: string): string =>
  ipaddr.IPv6.parse(address)
    .parts.map((part) => part.toString(16).padStart(4, '0'))
    .join(':')
