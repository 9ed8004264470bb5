import net from 'node:net'
import type { HeaderList } from '../headers.ts'

export interface RealIpSettings {
  readonly realIpHeader: string
  readonly realIpRecursive: boolean
  readonly isTrusted: (address: string) => boolean
}

/**
 * The client's address: what the last trusted proxy says in the header, else the peer's own. With recursion it is the
 * last address that is not trusted. X-Forwarded-For counts with all its lines, another header with its first.
 * Source: nginx 1.25, ngx_http_get_forwarded_addr.
 */
export function clientAddress(headers: HeaderList, peer: string, settings: RealIpSettings): string {
  const { realIpHeader, realIpRecursive, isTrusted } = settings
  if (!isTrusted(peer)) return peer
  const lines = headers.all(realIpHeader)
  const counted = realIpHeader.toLowerCase() === 'x-forwarded-for' ? lines : lines.slice(0, 1)
  const entries = counted.flatMap((line) => line.split(/[ ,]+/)).filter((entry) => entry !== '')
  let address = peer
  for (const entry of entries.reverse()) {
    const next = addressOf(entry)
    if (next === undefined || !isTrusted(address)) break
    address = next
    if (!realIpRecursive) break
  }
  return address
}

/** The address in `a.b.c.d`, `a.b.c.d:port`, `x::y`, `[x::y]` or `[x::y]:port`. */
function addressOf(entry: string): string | undefined {
  const address = /^\[(.*)\](?::\d+)?$/.exec(entry)?.[1] ?? (/^[\d.]+:\d+$/.test(entry) ? entry.split(':')[0] : entry)
  return address !== undefined && net.isIP(address) !== 0 ? address : undefined
}
