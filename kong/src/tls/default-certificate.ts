import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SettingError } from '../settings/setting-error.ts'
import { issueCertificate } from './issue-certificate.ts'

/** Certificates with their private keys, PEM; of several the handshake takes the one that suits the client. */
export interface Identity {
  readonly cert: readonly string[]
  readonly key: readonly string[]
}

/** Where the certificate of a kind of port comes from when the configuration has none for a name. */
export interface DefaultCertificateSource {
  /** Files that were given (`ssl_cert`, `ssl_cert_key`). */
  readonly certFiles: readonly string[]
  readonly keyFiles: readonly string[]
  /** Kong's prefix: a certificate that has to be made is kept in its folder `ssl`; without one it is made anew. */
  readonly prefix: string | undefined
  /** The names of the files in that folder. */
  readonly name: 'kong-default' | 'admin-kong-default' | 'status-kong-default'
}

/** Kong's own: 20 years from now, for localhost. Source: Kong 3.9, gen_default_ssl_cert. */
const subject = {
  C: 'US',
  ST: 'California',
  L: 'San Francisco',
  O: 'Kong',
  OU: 'IT Department',
  CN: 'localhost',
} as const
const lifetimeMs = 20 * 365 * 86_400_000

const kinds = {
  '': () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  '-ecdsa': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
} as const

/**
 * The certificate for clients that ask for a name which the configuration has no certificate for: the files of the
 * settings, else a self-signed one (RSA and ECDSA), made at the first start and kept where there is a prefix.
 * @throws SettingError where files can't be read or written.
 */
export function defaultCertificate(source: DefaultCertificateSource): Identity {
  const { certFiles, keyFiles, prefix, name } = source
  try {
    if (certFiles.length > 0) return { cert: certFiles.map(read), key: keyFiles.map(read) }
    const made = Object.entries(kinds).map(([suffix, makeKey]) =>
      prefix === undefined ? make(makeKey()) : kept(join(prefix, 'ssl', `${name}${suffix}`), makeKey),
    )
    return { cert: made.map(({ cert }) => cert), key: made.map(({ key }) => key) }
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw new SettingError(`a certificate: ${error.message}`)
    throw error
  }
}

const read = (file: string): string => readFileSync(file, 'utf8')

interface Pair {
  readonly cert: string
  readonly key: string
}

function kept(path: string, makeKey: () => KeyObject): Pair {
  const [certFile, keyFile] = [`${path}.crt`, `${path}.key`]
  if (existsSync(certFile) && existsSync(keyFile)) return { cert: read(certFile), key: read(keyFile) }
  const pair = make(makeKey())
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(keyFile, pair.key, { mode: 0o600 })
  chmodSync(keyFile, 0o600)
  writeFileSync(certFile, pair.cert, { mode: 0o644 })
  return pair
}

function make(key: KeyObject): Pair {
  const notBefore = new Date()
  const notAfter = new Date(notBefore.getTime() + lifetimeMs)
  const cert = issueCertificate({ subject, key, notBefore, notAfter, names: ['localhost'], authority: false })
  return { cert, key: key.export({ type: 'pkcs8', format: 'pem' }).toString() }
}
