import { isIP, isIPv6 } from 'node:net'
import type { Metadata } from '@grpc/grpc-js'

/**
 * The network that a gRPC call comes from, for limits per client: an IPv4 address, or the /64 of an IPv6 address, since
 * one host can use every address of its /64.
 *
 * The gateway overwrites `X-Real-IP` and appends the address it saw to `X-Forwarded-For`, so neither can be forged
 * through it; earlier entries of `X-Forwarded-For` can, and are ignored. Without the gateway, the caller can set both:
 * only a limit on all callers together holds there.
 *
 * @param connection The address of the connection's other end, with or without a port.
 */
export function peerOf(metadata: Metadata, connection: string): string {
  const forwarded = textOf(metadata, 'x-forwarded-for')?.split(',').at(-1)
  const stated = [textOf(metadata, 'x-real-ip'), forwarded].map((text) => text?.trim() ?? '')
  return networkOf(stated.find((text) => isIP(text) !== 0) ?? connection.replace(/:\d+$/, ''))
}

/** An IPv4 address as it is, also where it is mapped into IPv6; of an IPv6 address its first 64 bits. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(address)?.[1]
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address
  const [head = '', tail] = address.split('::')
  const groupsOf = (text: string) => text.split(':').filter((group) => group !== '')
  const groups = groupsOf(head)
  const rest = groupsOf(tail ?? '')
  const zeros = Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0')
  const prefix = [...groups, ...zeros, ...rest].slice(0, 4)
  return `${prefix.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}

function textOf(metadata: Metadata, name: string): string | undefined {
  const value = metadata.get(name)[0]
  return typeof value === 'string' ? value : undefined
}
