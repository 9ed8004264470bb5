import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { ConnectionFacts } from './received-request.ts'
import type { ProxySettings } from './settings.ts'
import { plainAddress } from './trusted-addresses.ts'

/** What is known of a client's connection before any request has come over it. */
export type ClientFacts = Omit<ConnectionFacts, 'connectionRequests' | 'headSize'>

let connections = 0

/** Reads the facts off a socket that is connected, and whose handshake is done where it has one. */
export function factsOf(socket: Socket, settings: ProxySettings): ClientFacts {
  const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket
  const secure = socket instanceof TLSSocket
  const sni = secure ? (socket as TLSSocket & { servername?: string | false }).servername : undefined
  return {
    scheme: secure ? 'https' : 'http',
    sni: sni || undefined,
    peerAddress: plainAddress(remoteAddress),
    peerPort: remotePort,
    localAddress: plainAddress(localAddress),
    localPort,
    shownPort: settings.portMaps.get(localPort) ?? localPort,
    connectionId: ++connections,
  }
}
