import { createPrivateKey } from 'node:crypto'
import type { SecureContext } from 'node:tls'
import type { Configuration } from '../config/configuration.ts'
import type { Certificate } from '../config/entities.ts'
import type { Identity } from './default-certificate.ts'
import { serverContext } from './server-options.ts'

/** The certificates of one configuration, by the name that a client asks for in its handshake. */
export class ServerCertificates {
  readonly #configuration: Configuration
  readonly #contexts = new Map<string, SecureContext>()

  constructor(configuration: Configuration) {
    this.#configuration = configuration
  }

  /**
   * The certificate for a name: the one of the name itself, of `*.rest`, of `first.*`, or of the name `*`; undefined
   * where there is none. Source: Kong 3.9, find_certificate of kong/runloop/certificate.lua.
   * @throws Error where the certificate is not usable.
   */
  forName(name: string): SecureContext | undefined {
    const snis = this.#configuration.by('snis', 'name')
    for (const candidate of candidates(name)) {
      const id = snis.get(candidate)?.certificate.id
      const certificate = id === undefined ? undefined : this.#configuration.table('certificates').get(id)
      if (certificate) return this.#contextOf(certificate)
    }
    return undefined
  }

  #contextOf(certificate: Certificate): SecureContext {
    const known = this.#contexts.get(certificate.id)
    if (known) return known
    const context = serverContext(identityOf(certificate))
    this.#contexts.set(certificate.id, context)
    return context
  }
}

/**
 * Of two pairs the RSA one: node gives a handshake by name one certificate alone, and every client can do RSA, while
 * Kong lets the client's ciphers decide.
 */
function identityOf({ cert, key, cert_alt, key_alt }: Certificate): Identity {
  const first = { cert: [cert], key: [key] }
  if (cert_alt === null || key_alt === null || createPrivateKey(key).asymmetricKeyType === 'rsa') return first
  return createPrivateKey(key_alt).asymmetricKeyType === 'rsa' ? { cert: [cert_alt], key: [key_alt] } : first
}

/** A wildcard stands for one label, and leaves at least two of them beside it at the front, one at the end. */
function candidates(name: string): string[] {
  const first = /^[^.]+(\.[^.]+\..+)$/.exec(name)?.[1]
  const last = /^(.*[^.]+\.)[^.]+$/.exec(name)?.[1]
  return [name, ...(first === undefined ? [] : [`*${first}`]), ...(last === undefined ? [] : [`${last}*`]), '*']
}
