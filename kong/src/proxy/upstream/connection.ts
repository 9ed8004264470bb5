import net from 'node:net'
import tls from 'node:tls'
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
export function connect(address: Address, timeout: number, cancellation: Cancellation): Promise<UpstreamConnection> {
  return new Promise((resolve, reject) => {
    const socket = open(address)
    const finish = (failure?: Error) => {
      clearTimeout(timer)
      cancellation.onCancel = undefined
      socket.off('error', onError)
      if (!failure) return resolve(new UpstreamConnection(socket))
      socket.on('error', () => undefined)
      socket.destroy()
      reject(failure)
    }
    const timer = setTimeout(() => finish(new ConnectTimeout(`not connected after ${timeout} ms`)), timeout)
    const onError = (error: Error) => finish(new ConnectFailed(error.message))
    cancellation.onCancel = () => finish(new ConnectFailed('the client is gone'))
    socket.on('error', onError)
    socket.once(address.tls ? 'secureConnect' : 'connect', () => finish())
  })
}

function open({ ip, port, tls: secure }: Address): net.Socket {
  if (!secure) return net.connect({ host: ip, port, noDelay: true })
  const servername = net.isIP(secure.serverName) ? '' : secure.serverName
  return tls.connect({ host: ip, port, servername, rejectUnauthorized: secure.verify, ALPNProtocols: ['http/1.1'] })
}
