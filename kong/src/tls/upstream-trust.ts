import { createHash } from 'node:crypto'
import net from 'node:net'
import tls from 'node:tls'
import type { Configuration } from '../config/configuration.ts'
import type { Reference, Service } from '../config/entities.ts'

/** Whom the gateway believes to be an upstream, and as whom it shows itself there. */
export interface UpstreamTrust {
  /** The same for the same certificates: connections are kept by it, over reloads too. */
  readonly key: string
  readonly context: tls.SecureContext
  readonly verify: boolean
  /** Certificates that may stand between the upstream's own and an authority's. */
  readonly depth: number
}

/** nginx's proxy_ssl_verify_depth. */
const usualDepth = 1

const known = new WeakMap<Service, UpstreamTrust>()

/**
 * The trust of a service: `tls_verify`, `tls_verify_depth`, `ca_certificates` and `client_certificate`, which may also
 * be that of its upstream entity. As in Kong nothing is verified unless asked, and then only the authorities that the
 * service names are believed.
 */
export function trustOf(
  service: Service,
  configuration: Configuration,
  ofUpstream: Reference | null | undefined,
): UpstreamTrust {
  const made = known.get(service)
  if (made) return made
  const authorities = (service.ca_certificates ?? []).map((id) => configuration.table('ca_certificates').get(id)?.cert)
  const own = service.client_certificate ?? ofUpstream
  const identity = own ? configuration.table('certificates').get(own.id) : undefined
  const verify = service.tls_verify === true
  const depth = service.tls_verify_depth ?? usualDepth
  const ca = authorities.filter((cert) => cert !== undefined)
  const parts = [verify, depth, ...ca, identity?.cert, identity?.key]
  const context = tls.createSecureContext({
    ca,
    ...(identity && { cert: identity.cert, key: identity.key }),
  })
  const trust = { key: createHash('sha256').update(parts.join('|')).digest('base64'), context, verify, depth }
  known.set(service, trust)
  return trust
}

/**
 * Whether an upstream's certificate is what the trust asks for; the reason where it is not.
 * @param name the name or address that it must be for.
 */
export function faultOf(socket: tls.TLSSocket, name: string, { verify, depth }: UpstreamTrust): string | undefined {
  if (!verify) return undefined
  if (!socket.authorized) return String(socket.authorizationError)
  const leaf = socket.getPeerX509Certificate()
  if (!leaf) return 'no certificate'
  const matches = net.isIP(name) ? leaf.checkIP(name) : leaf.checkHost(name)
  if (matches === undefined) return `the certificate is not for ${name}`
  return between(socket.getPeerCertificate(true)) > depth ? 'certificate chain too long' : undefined
}

/** How many certificates stand between this one and the authority at the end of its chain, which signed itself. */
function between(leaf: tls.DetailedPeerCertificate): number {
  let count = 0
  let issuer = leaf.issuerCertificate
  while (issuer?.issuerCertificate && issuer.fingerprint256 !== issuer.issuerCertificate.fingerprint256) {
    count += 1
    issuer = issuer.issuerCertificate
  }
  return count
}
