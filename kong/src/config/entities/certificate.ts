import { createPrivateKey, X509Certificate } from 'node:crypto'
import { foreign, string } from '../schema/field.ts'
import { isVaultReference } from '../schema/vault-references.ts'
import { checkServerNamePattern, createdAt, id, tags, updatedAt } from './common-fields.ts'
import type { EntitySchema } from './entity-schema.ts'

function checkCertificate(pem: string): string | undefined {
  try {
    new X509Certificate(pem)
    return undefined
  } catch (error) {
    return `invalid certificate: ${error instanceof Error ? error.message : error}`
  }
}

function checkPrivateKey(pem: string): string | undefined {
  try {
    createPrivateKey(pem)
    return undefined
  } catch (error) {
    return `invalid key: ${error instanceof Error ? error.message : error}`
  }
}

const belongTogether = (cert: string, key: string) => ({
  custom_entity_check: {
    field_sources: [cert, key],
    check: (entity: Readonly<Record<string, unknown>>) => {
      const pair = [entity[cert], entity[key]]
      const [certificate, privateKey] = pair
      if (typeof certificate !== 'string' || typeof privateKey !== 'string' || pair.some(isVaultReference))
        return undefined
      return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey))
        ? undefined
        : 'certificate does not match key'
    },
  },
})

const certificate = { referenceable: true, custom: checkCertificate } as const
const privateKey = { referenceable: true, custom: checkPrivateKey } as const

export const certificates: EntitySchema = {
  name: 'certificates',
  fields: {
    id,
    created_at: createdAt,
    updated_at: updatedAt,
    cert: string({ required: true, ...certificate }),
    key: string({ required: true, ...privateKey }),
    cert_alt: string(certificate),
    key_alt: string(privateKey),
    tags,
  },
  entity_checks: [
    { mutually_required: ['cert_alt', 'key_alt'] },
    belongTogether('cert', 'key'),
    belongTogether('cert_alt', 'key_alt'),
  ],
}

export const snis: EntitySchema = {
  name: 'snis',
  endpoint_key: 'name',
  fields: {
    id,
    name: string({ required: true, unique: true, custom: checkServerNamePattern }),
    created_at: createdAt,
    updated_at: updatedAt,
    tags,
    certificate: foreign('certificates', { required: true }),
  },
}

/** The one certificate that a certificate authority may be given by, or what is wrong with it. */
function checkAuthority({ cert }: { readonly cert: string }): string | undefined {
  const parts = cert.match(/-----BEGIN CERTIFICATE-----/g) ?? []
  if (parts.length > 1) return 'please submit only one certificate at a time'
  try {
    const parsed = new X509Certificate(cert)
    if (!parsed.ca) return 'certificate does not appear to be a CA because it is missing the "CA" basic constraint'
    return Date.parse(parsed.validTo) < Date.now() ? 'certificate expired, "Not After" time is in the past' : undefined
  } catch (error) {
    return `invalid certificate: ${error instanceof Error ? error.message : error}`
  }
}

export const caCertificates: EntitySchema = {
  name: 'ca_certificates',
  fields: {
    id,
    created_at: createdAt,
    updated_at: updatedAt,
    cert: string({ required: true }),
    cert_digest: string({ auto: true, unique: true }),
    tags,
  },
  entity_checks: [{ custom_entity_check: { field_sources: ['cert'], check: checkAuthority } }],
}
