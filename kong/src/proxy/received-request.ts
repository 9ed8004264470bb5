import type { ClientRequest } from '../exchange.ts'
import type { HeaderList } from '../headers.ts'
import { Cancellation } from './cancellation.ts'
import { hostName } from './http1/framing.ts'
import type { PartialHead } from './http1/request-head.ts'
import { clientAddress, type RealIpSettings } from './real-ip.ts'
import type { RequestBody } from './request-body.ts'

/** What a request needs to know of the connection it came over. */
export interface ConnectionFacts {
  readonly scheme: 'http' | 'https'
  readonly sni: string | undefined
  readonly peerAddress: string
  readonly peerPort: number
  readonly localAddress: string
  readonly localPort: number
  /** The port that clients see, where `port_maps` names one. */
  readonly shownPort: number
  readonly connectionId: number
  readonly connectionRequests: number
  /** Bytes of the request's head. */
  readonly headSize: number
}

/** Kong's server_name: the host of a request that names none. */
const serverName = 'kong'

/** A request as the client sent it. */
export class ReceivedRequest implements ClientRequest {
  readonly method: string
  readonly target: string
  readonly rawPath: string
  readonly rawQuery: string | undefined
  readonly httpVersion: '1.0' | '1.1' | '2.0'
  /** What Kong writes in Via: the number of the version, nothing for one that it does not know. */
  readonly viaVersion: string
  readonly scheme: 'http' | 'https'
  readonly sni: string | undefined
  readonly headers: HeaderList
  readonly clientAddress: string
  readonly peerAddress: string
  readonly peerPort: number
  readonly localAddress: string
  readonly localPort: number
  readonly host: string
  readonly port: number
  readonly peerTrusted: boolean
  readonly forwarded: { readonly proto: string; readonly host: string; readonly port: number }
  /** As `forwarded`, but with the port as it goes to the upstream. */
  readonly forwardedPort: string
  readonly connectionRequests: number
  readonly connectionId: number
  readonly headSize: number
  readonly hasBody: boolean
  /** Undefined for a request without one. */
  readonly received: RequestBody | undefined
  /** Fires when the client goes away. */
  readonly cancellation = new Cancellation()

  constructor(head: PartialHead, body: RequestBody | undefined, connection: ConnectionFacts, settings: RealIpSettings) {
    this.method = head.method ?? ''
    this.target = head.target ?? ''
    const query = this.target.indexOf('?', 1)
    this.rawPath = query < 0 ? this.target : this.target.slice(0, query)
    this.rawQuery = queryOf(this.target, query)
    this.httpVersion = shownVersions[head.httpVersion ?? '1.x']
    this.viaVersion = viaVersions[head.httpVersion ?? '1.x']
    this.scheme = connection.scheme
    this.sni = connection.sni
    this.headers = head.headers
    this.peerAddress = connection.peerAddress
    this.peerPort = connection.peerPort
    this.localAddress = connection.localAddress
    this.localPort = connection.localPort
    this.port = connection.shownPort
    this.connectionRequests = connection.connectionRequests
    this.connectionId = connection.connectionId
    this.peerTrusted = settings.isTrusted(this.peerAddress)
    this.clientAddress = this.peerTrusted ? clientAddress(this.headers, this.peerAddress, settings) : this.peerAddress
    const trusted = (name: string) => (this.peerTrusted ? this.headers.get(name) : undefined)
    const host = head.host ?? this.headers.get('host')
    this.host = (host && hostName(host)) ?? serverName
    this.forwardedPort = trusted('x-forwarded-port') ?? String(connection.shownPort)
    this.forwarded = {
      proto: trusted('x-forwarded-proto') ?? connection.scheme,
      host: trusted('x-forwarded-host') ?? this.host,
      port: Number(this.forwardedPort),
    }
    this.headSize = connection.headSize
    this.received = body
    this.hasBody = body !== undefined && body.length !== 0
  }

  body(limit?: number): Promise<Buffer> {
    return this.received ? this.received.whole(limit) : Promise.resolve(Buffer.alloc(0))
  }

  bodyExceeds(limit: number): Promise<boolean> {
    return this.received ? this.received.exceeds(limit) : Promise.resolve(false)
  }
}

/** nginx's `$args`: a fragment ends it, and there is none after a fragment. */
function queryOf(target: string, mark: number): string | undefined {
  const fragment = target.indexOf('#')
  if (mark < 0 || (fragment >= 0 && fragment < mark)) return undefined
  return target.slice(mark + 1, fragment < 0 ? undefined : fragment)
}

const shownVersions = { '0.9': '1.0', '1.0': '1.0', '1.1': '1.1', '1.x': '1.1', '2.0': '2.0' } as const

/** Source: ngx.req.http_version of OpenResty, as Kong puts it into Via. */
const viaVersions = { '0.9': '0.9 ', '1.0': '1 ', '1.1': '1.1 ', '1.x': '', '2.0': '2 ' } as const
