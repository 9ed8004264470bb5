import net from 'node:net'
import tls from 'node:tls'
import { faultOf } from '../../tls/upstream-trust.ts'
import type { Cancellation } from '../cancellation.ts'
import { SocketReader } from '../socket-reader.ts'
import type { Address } from './address.ts'

/** No connection to an upstream came about. */
export class ConnectFailed extends Error {
  override readonly name = 'ConnectFailed'
}

/** A connection to an upstream was not there in time. */
export class ConnectTimeout extends Error {
  override readonly name = 'ConnectTimeout'
}

/** One connection to an upstream, used for one request at a time. */
export class UpstreamConnection {
  readonly socket: net.Socket
  readonly reader: SocketReader
  /** Requests sent over it so far. */
  uses = 0
  /** Since when it has been idle, on the monotonic clock in milliseconds. */
  idleSince = 0

  constructor(socket: net.Socket) {
    this.socket = socket
    this.reader = new SocketReader(socket)
  }

  destroy(): void {
    this.socket.destroy()
  }
}

/**
 * Opens a connection.
 * @param timeout milliseconds.
 * @throws ConnectFailed, ConnectTimeout
 */
export async function connect(
  address: Address,
  timeout: number,
  cancellation: Cancellation,
): Promise<UpstreamConnection> {
  return new UpstreamConnection(await openSocket(address, timeout, cancellation))
}

/**
 * Opens a socket, through the handshake of TLS where there is one.
 * @param timeout milliseconds.
 * @throws ConnectFailed, ConnectTimeout
 */
export function openSocket(address: Address, timeout: number, cancellation?: Cancellation): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = open(address)
    const finish = (failure?: Error) => {
      clearTimeout(timer)
      if (cancellation) cancellation.onCancel = undefined
      socket.off('error', onError)
      if (!failure) return resolve(socket)
      socket.on('error', () => undefined)
      socket.destroy()
      reject(failure)
    }
    const timer = setTimeout(() => finish(new ConnectTimeout(`not connected after ${timeout} ms`)), timeout)
    const onError = (error: Error) => finish(new ConnectFailed(error.message))
    if (cancellation) cancellation.onCancel = () => finish(new ConnectFailed('the client is gone'))
    socket.on('error', onError)
    socket.once(address.tls ? 'secureConnect' : 'connect', () => {
      const fault = address.tls && faultOf(socket as tls.TLSSocket, address.tls.serverName, address.tls.trust)
      finish(fault === undefined ? undefined : new ConnectFailed(fault))
    })
  })
}

function open({ ip, port, tls: secure, http2 }: Address): net.Socket {
  if (!secure) return net.connect({ host: ip, port, noDelay: true })
  const servername = net.isIP(secure.serverName) ? '' : secure.serverName
  const ALPNProtocols = [http2 ? 'h2' : 'http/1.1']
  const { context: secureContext } = secure.trust
  // Certificates are judged once the handshake is done: by the Host header's name, and to the depth that is allowed.
  return tls.connect({ host: ip, port, servername, secureContext, rejectUnauthorized: false, ALPNProtocols })
}
