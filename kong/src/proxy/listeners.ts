import net from 'node:net'
import tls from 'node:tls'
import type { Identity } from '../tls/default-certificate.ts'
import type { ServerCertificates } from '../tls/server-certificates.ts'
import { serverOptions } from '../tls/server-options.ts'
import { judgeFirstBytes } from './first-bytes.ts'

/** What a client speaks on its connection; `unknown` until its first bytes tell, `astray` without TLS where TLS is due. */
export type SpokenProtocol = 'http1' | 'http2' | 'unknown' | 'astray'

export interface Doorway {
  /** Asked once per connection, before anything is read. One that is not admitted is reset. */
  readonly admit: (socket: net.Socket) => boolean
  readonly accept: (socket: net.Socket, protocol: SpokenProtocol) => void
}

/** Listens without TLS; with HTTP/2 a client may begin with it at once (prior knowledge), as in nginx 1.25. */
export const createPlainServer = ({ http2 }: { http2: boolean }, { admit, accept }: Doorway): net.Server =>
  net.createServer({ allowHalfOpen: true }, (socket) => {
    if (admit(socket)) accept(socket, http2 ? 'unknown' : 'http1')
    else socket.resetAndDestroy()
  })

export interface TlsListening {
  /** For clients that ask for no name, or one that the configuration has no certificate for. */
  readonly identity: Identity
  /** Those in force; asked for at every handshake. */
  readonly certificates: () => ServerCertificates
  readonly http2: boolean
  /** Milliseconds for the first bytes, and again for the handshake; nginx's client_header_timeout. */
  readonly handshakeTimeout: number
}

/**
 * Listens with TLS: the certificate is chosen by the name, the protocol by ALPN. A client that begins without TLS is
 * taken too, to be told.
 */
export function createTlsServer(listening: TlsListening, { admit, accept }: Doorway): net.Server {
  const secure = createHandshakes(listening, accept)
  return net.createServer({ allowHalfOpen: true }, async (socket) => {
    socket.on('error', () => undefined)
    if (!admit(socket)) return void socket.resetAndDestroy()
    const first = await judgeFirstBytes(socket, firstOf, listening.handshakeTimeout)
    if (first === undefined || socket.destroyed) socket.destroy()
    else if (first === 'plain') accept(socket, 'astray')
    else secure.emit('connection', socket)
  })
}

/** Whether a client begins with TLS, or with the hello of SSL 2. Source: nginx 1.25, ngx_http_ssl_handshake. */
const firstOf = ([first = 0]: Buffer): 'tls' | 'plain' => (first === 0x16 || first & 0x80 ? 'tls' : 'plain')

/** Makes the handshakes on connections that are handed to it. */
function createHandshakes(
  { identity, certificates, http2, handshakeTimeout }: TlsListening,
  accept: Doorway['accept'],
): tls.Server {
  const server = tls.createServer({
    ...serverOptions(identity),
    allowHalfOpen: true,
    handshakeTimeout,
    ALPNProtocols: http2 ? ['h2', 'http/1.1'] : ['http/1.1'],
    SNICallback: (name, done) => {
      try {
        done(null, certificates().forName(name))
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    },
  })
  server.on('secureConnection', (socket) => accept(socket, socket.alpnProtocol === 'h2' ? 'http2' : 'http1'))
  // Node leaves a connection open whose handshake has timed out.
  server.on('tlsClientError', (_, socket) => socket.destroy())
  return server
}
