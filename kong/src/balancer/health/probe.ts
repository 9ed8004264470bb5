import net from 'node:net'
import tls from 'node:tls'
import type { ActiveHealthcheck } from '../../config/entities.ts'
import type { Address } from '../address.ts'

/** How an active check ended. */
export type ProbeResult =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'tcp_failure' }

/** Longest status line that is waited for, in bytes. */
const lineLimit = 4096

/**
 * Asks one address once, over HTTP/1.0, and reads no more than the status line.
 * Source: lua-resty-healthcheck 3.1.0, run_single_check.
 */
export function probe(check: ActiveHealthcheck, address: Address, host: string): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = open(check, address, host)
    let text = ''
    const finish = (result: ProbeResult) => {
      clearTimeout(timer)
      socket.removeAllListeners()
      socket.on('error', () => undefined)
      socket.destroy()
      resolve(result)
    }
    const timer = setTimeout(() => finish({ kind: 'timeout' }), check.timeout * 1000)
    socket.on(check.type === 'https' || check.type === 'grpcs' ? 'secureConnect' : 'connect', () => {
      socket.write(requestFor(check, host), 'latin1')
    })
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1')
      if (text.includes('\n')) finish({ kind: 'status', status: statusOf(text) })
      else if (text.length > lineLimit) finish({ kind: 'tcp_failure' })
    })
    socket.on('end', () => finish({ kind: 'tcp_failure' }))
    socket.on('error', () => finish({ kind: 'tcp_failure' }))
  })
}

/** The status of a line; 0, which counts as a failure, for a line that is none. */
const statusOf = (line: string): number => Number(/^HTTP\/\d+\.\d+\s+(\d+)/i.exec(line)?.[1] ?? 0)

function open(check: ActiveHealthcheck, { ip, port }: Address, host: string): net.Socket {
  if (check.type !== 'https' && check.type !== 'grpcs') return net.connect({ host: ip, port })
  const name = check.https_sni ?? host
  return tls.connect({
    host: ip,
    port,
    servername: net.isIP(name) ? '' : name,
    rejectUnauthorized: check.https_verify_certificate,
  })
}

function requestFor({ http_path, headers }: ActiveHealthcheck, host: string): string {
  let head = `GET ${http_path} HTTP/1.0\r\n`
  for (const [name, values] of Object.entries(headers ?? {})) {
    for (const value of values) head += `${name}: ${value}\r\n`
  }
  return `${head}Host: ${host}\r\n\r\n`
}
