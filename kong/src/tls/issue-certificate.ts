import { createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto'
import net from 'node:net'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import * as x509 from '@peculiar/asn1-x509'

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
const rsaWithSha256 = '1.2.840.113549.1.1.11'
const ecdsaWithSha256 = '1.2.840.10045.4.3.2'

/**
 * Makes an X.509 certificate (RFC 5280) in PEM form.
 * @param issuer who signs it; itself unless given.
 */
export function issueCertificate(content: CertificateContent, issuer: CertificateContent = content): string {
  const signatureAlgorithm =
    issuer.key.asymmetricKeyType === 'rsa'
      ? new x509.AlgorithmIdentifier({ algorithm: rsaWithSha256, parameters: null })
      : new x509.AlgorithmIdentifier({ algorithm: ecdsaWithSha256 })
  const publicKey = createPublicKey(content.key).export({ type: 'spki', format: 'der' })
  const tbsCertificate = new x509.TBSCertificate({
    version: x509.Version.v3,
    serialNumber: newSerialNumber(),
    signature: signatureAlgorithm,
    issuer: nameOf(issuer),
    validity: new x509.Validity(content),
    subject: nameOf(content),
    subjectPublicKeyInfo: AsnConvert.parse(publicKey, x509.SubjectPublicKeyInfo),
    ...extensionsOf(content),
  })
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), issuer.key)
  const signatureValue = new Uint8Array(signature).buffer
  return pemOf(new x509.Certificate({ tbsCertificate, signatureAlgorithm, signatureValue }))
}

/** 16 bytes that no other certificate has; the first keeps the number positive. */
const newSerialNumber = (): ArrayBuffer => new Uint8Array([1, ...randomBytes(15)]).buffer

function nameOf({ subject }: CertificateContent): x509.Name {
  const parts = Object.entries(subject) as [keyof typeof attributes, string][]
  const named = parts.map(([name, utf8String]) => {
    const value = new x509.AttributeValue({ utf8String })
    return new x509.AttributeTypeAndValue({ type: attributes[name], value })
  })
  return new x509.Name(named.map((each) => new x509.RelativeDistinguishedName([each])))
}

function extensionsOf({ names = [], authority = false }: CertificateContent): { extensions?: x509.Extensions } {
  const extensions: x509.Extension[] = []
  if (authority) {
    extensions.push(extensionOf(x509.id_ce_basicConstraints, new x509.BasicConstraints({ cA: true }), true))
  }
  if (names.length > 0) {
    const alternatives = names.map(
      (name) => new x509.GeneralName(net.isIP(name) ? { iPAddress: name } : { dNSName: name }),
    )
    extensions.push(extensionOf(x509.id_ce_subjectAltName, new x509.SubjectAlternativeName(alternatives), false))
  }
  return extensions.length > 0 ? { extensions: new x509.Extensions(extensions) } : {}
}

const extensionOf = (extnID: string, value: object, critical: boolean): x509.Extension =>
  new x509.Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) })

function pemOf(certificate: x509.Certificate): string {
  const lines =
    Buffer.from(AsnConvert.serialize(certificate))
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
