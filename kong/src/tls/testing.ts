import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { type CertificateContent, issueCertificate } from './issue-certificate.ts'

const day = 86_400_000

/** A certificate of a test with its key, both PEM. */
export interface TestCertificate {
  readonly cert: string
  readonly key: string
}

export interface TestAuthority extends TestCertificate {
  /** A certificate for names or addresses, signed by this authority. */
  issue(names: readonly string[], kind?: 'rsa' | 'ec'): TestCertificate
  /** An authority of its own under this one. */
  below(commonName: string): TestAuthority
}

/** An authority that no one knows but the test. */
export function testAuthority(commonName: string, above?: CertificateContent): TestAuthority {
  const content = contentOf(commonName, 'ec', { authority: true })
  const cert = issueCertificate(content, above ?? content)
  return {
    cert,
    key: pemOf(content),
    issue(names, kind = 'ec') {
      const leaf = contentOf(names[0] ?? '', kind, { names })
      return { cert: issueCertificate(leaf, content), key: pemOf(leaf) }
    },
    below: (name) => testAuthority(name, content),
  }
}

function contentOf(CN: string, kind: 'rsa' | 'ec', more: Partial<CertificateContent>): CertificateContent {
  const { privateKey: key } =
    kind === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  const now = Date.now()
  return { subject: { CN }, key, notBefore: new Date(now - day), notAfter: new Date(now + day), ...more }
}

const pemOf = ({ key }: CertificateContent): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()

/** Whether a PEM key can be read; for tests of files. */
export const isPrivateKey = (pem: string): boolean => createPrivateKey(pem).type === 'private'
