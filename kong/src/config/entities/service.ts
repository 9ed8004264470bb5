import { array, boolean, foreign, integer, string } from '../schema/field.ts'
import {
  checkHost,
  createdAt,
  id,
  name,
  path,
  portRange,
  protocols,
  tags,
  timeout,
  updatedAt,
} from './common-fields.ts'
import type { EntitySchema } from './entity-schema.ts'

const unlessProtocol = (allowed: readonly string[], field: string) =>
  ({
    conditional: {
      if_field: 'protocol',
      if_match: { not_one_of: allowed },
      then_field: field,
      then_match: { eq: null },
    },
  }) as const

/** The parts of a service's `url`: its query, fragment and user name count for nothing. */
function splitUrl(url: string): Record<string, unknown> {
  const [, scheme = '', authority = '', rest = ''] =
    /^(?:([A-Za-z][\w+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)/.exec(url) ?? []
  const [, host = '', port] = /^(?:.*@)?(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(authority) ?? []
  return {
    protocol: scheme.toLowerCase() || null,
    host: host.replace(/^\[|\]$/g, '') || null,
    port: port === undefined ? (scheme.toLowerCase() === 'https' ? 443 : 80) : Number(port),
    path: rest || null,
  }
}

export const services: EntitySchema = {
  name: 'services',
  endpoint_key: 'name',
  fields: {
    id,
    created_at: createdAt,
    updated_at: updatedAt,
    name,
    retries: integer({ default: 5, between: [0, 32767] }),
    protocol: string({ required: true, default: 'http', one_of: protocols }),
    host: string({ required: true, custom: checkHost }),
    port: integer({ required: true, default: 80, between: portRange }),
    path,
    connect_timeout: timeout,
    write_timeout: timeout,
    read_timeout: timeout,
    tags,
    client_certificate: foreign('certificates'),
    tls_verify: boolean(),
    tls_verify_depth: integer({ default: null, between: [0, 64] }),
    ca_certificates: array(string({ uuid: true })),
    enabled: boolean({ required: true, default: true }),
  },
  entity_checks: [
    {
      conditional: {
        if_field: 'protocol',
        if_match: { one_of: ['tcp', 'tls', 'udp', 'grpc', 'grpcs'] },
        then_field: 'path',
        then_match: { eq: null },
      },
    },
    unlessProtocol(['https', 'tls'], 'client_certificate'),
    unlessProtocol(['https', 'tls'], 'tls_verify'),
    unlessProtocol(['https', 'tls'], 'tls_verify_depth'),
    unlessProtocol(['https', 'tls'], 'ca_certificates'),
  ],
  shorthand_fields: [{ name: 'url', field: string(), expand: splitUrl }],
}
