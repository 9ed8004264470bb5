import { createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto'
import net from 'node:net'
import {
  bits,
  explicit,
  identifier,
  implicit,
  integer,
  nothing,
  octets,
  sequence,
  set,
  time,
  utf8,
  yes,
} from './der.ts'

/** What a certificate says. */
export interface CertificateContent {
  /** Attributes in order: `{ O: 'Kong', CN: 'localhost' }`. */
  readonly subject: Readonly<Partial<Record<keyof typeof attributes, string>>>
  /** The private key whose public half it certifies: RSA, or an elliptic curve. */
  readonly key: KeyObject
  readonly notBefore: Date
  readonly notAfter: Date
  /** Host names and addresses that it is for. */
  readonly names?: readonly string[]
  /** Whether it may sign others. */
  readonly authority?: boolean
}

const attributes = { C: '2.5.4.6', ST: '2.5.4.8', L: '2.5.4.7', O: '2.5.4.10', OU: '2.5.4.11', CN: '2.5.4.3' } as const

/**
 * Makes an X.509 certificate (RFC 5280) in PEM form.
 * @param issuer who signs it; itself unless given.
 */
export function issueCertificate(content: CertificateContent, issuer: CertificateContent = content): string {
  const algorithm = signatureAlgorithm(issuer.key)
  const toBeSigned = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    nameOf(issuer),
    sequence(time(content.notBefore), time(content.notAfter)),
    nameOf(content),
    createPublicKey(content.key).export({ type: 'spki', format: 'der' }),
    ...extensionsOf(content),
  )
  const whole = sequence(toBeSigned, algorithm, bits(sign('sha256', toBeSigned, issuer.key)))
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

const signatureAlgorithm = ({ asymmetricKeyType }: KeyObject): Buffer =>
  asymmetricKeyType === 'rsa'
    ? sequence(identifier('1.2.840.113549.1.1.11'), nothing)
    : sequence(identifier('1.2.840.10045.4.3.2'))

function nameOf({ subject }: CertificateContent): Buffer {
  const parts = Object.entries(subject) as [keyof typeof attributes, string][]
  return sequence(...parts.map(([name, text]) => set(sequence(identifier(attributes[name]), utf8(text)))))
}

function extensionsOf({ names = [], authority = false }: CertificateContent): Buffer[] {
  const extensions: Buffer[] = []
  if (authority) extensions.push(sequence(identifier('2.5.29.19'), yes, octets(sequence(yes))))
  if (names.length > 0) extensions.push(sequence(identifier('2.5.29.17'), octets(sequence(...names.map(alternative)))))
  return extensions.length > 0 ? [explicit(3, sequence(...extensions))] : []
}

function alternative(name: string): Buffer {
  if (net.isIPv4(name)) return implicit(7, Buffer.from(name.split('.').map(Number)))
  return implicit(2, Buffer.from(name))
}
