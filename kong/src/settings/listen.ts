import { SettingError } from './setting-error.ts'

/** An address to listen on; port 0 takes a free one. */
export interface Listen {
  readonly host: string
  readonly port: number
  /** Whether clients speak TLS to it. */
  readonly ssl: boolean
  /** Whether HTTP/2 may be spoken besides HTTP/1.1. */
  readonly http2: boolean
}

/** What Kong lets stand after an address and what changes nothing here. */
const HARMLESS = /^(?:reuseport|deferred|bind|backlog=\d+|so_keepalive=\S+|ipv6only=(?:on|off))$/

/**
 * Reads `127.0.0.1:8000 reuseport, [::1]:8443 http2 ssl`, or `off`.
 * @param name of the setting, for the error.
 */
export function parseListen(name: string, value: string): Listen[] {
  if (value.trim() === 'off') return []
  return value.split(',').map((entry) => {
    const [address = '', ...flags] = entry.trim().split(/\s+/)
    const [, bracketed, bare, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s]+)):(\d{1,5})$/.exec(address) ?? []
    const host = bracketed ?? bare
    if (host === undefined || Number(port) > 65_535)
      throw new SettingError(`${name}: '${entry.trim()}' is not an address and port, such as 127.0.0.1:8000`)
    const flag = flags.find((word) => word !== 'ssl' && word !== 'http2' && !HARMLESS.test(word))
    if (flag) throw new SettingError(`${name}: the embedded gateway can't listen with '${flag}'`)
    return {
      host: host === '*' ? '0.0.0.0' : host,
      port: Number(port),
      ssl: flags.includes('ssl'),
      http2: flags.includes('http2'),
    }
  })
}
