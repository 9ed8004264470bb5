import { readAddress } from '../addresses.ts'
import { checkPercentEncoding, fromBytes, normalisePath, toBytes } from '../paths.ts'
import { array, boolean, type Field, type Fields, foreign, integer, record, set, string } from '../schema/field.ts'
import { isTable } from '../schema/lua-table.ts'
import {
  checkServerNamePattern,
  createdAt,
  emptySegments,
  headers,
  id,
  name,
  portRange,
  protocols,
  tags,
  updatedAt,
} from './common-fields.ts'
import type { EntitySchema, Specialised } from './entity-schema.ts'
import { checkPcre } from './pcre-syntax.ts'
import { checkRouterExpression } from './route-expression.ts'

const checkHostPattern = (host: string): string | undefined => {
  const address = readAddress(host.replace('*', 'wildcard'))
  return 'problem' in address ? address.problem.replace('wildcard', '*') : undefined
}

const checkRoutePath = (path: string): string | undefined => {
  if (path.startsWith('~')) return checkPcre(path.slice(1))
  const bytes = toBytes(path)
  const badly = checkPercentEncoding(bytes)
  if (badly) return badly
  const normal = normalisePath(bytes)
  return normal === bytes ? undefined : `non-normalized path, consider use '${fromBytes(normal)}' instead`
}

const addresses = set(
  record(
    {
      ip: string({
        custom: (ip: string) => (/^[\da-f.:]+(?:\/\d+)?$/i.test(ip) ? undefined : `invalid ip or cidr range: '${ip}'`),
      }),
      port: integer({ between: portRange }),
    },
    { entity_checks: [{ at_least_one_of: ['ip', 'port'] }] },
  ),
)

const fields = {
  id,
  created_at: createdAt,
  updated_at: updatedAt,
  name,
  protocols: set(string({ one_of: protocols }), {
    required: true,
    len_min: 1,
    default: ['http', 'https'],
    mutually_exclusive_subsets: [['http', 'https'], ['tcp', 'tls', 'udp'], ['tls_passthrough'], ['grpc', 'grpcs']],
  }),
  https_redirect_status_code: integer({ required: true, default: 426, one_of: [426, 301, 302, 307, 308] }),
  strip_path: boolean({ required: true, default: true }),
  preserve_host: boolean({ required: true, default: false }),
  request_buffering: boolean({ required: true, default: true }),
  response_buffering: boolean({ required: true, default: true }),
  tags,
  service: foreign('services'),
  snis: set(string({ custom: checkServerNamePattern })),
  sources: addresses,
  destinations: addresses,
  methods: set(string({ match: /^[A-Z]+$/ })),
  hosts: array(
    string({
      match_all: [{ pattern: /^[^*]*\*?[^*]*$/, err: 'invalid wildcard: must have at most one wildcard' }],
      match_any: {
        patterns: [/^\*\./, /\.\*$/, /^[^*]*$/],
        err: 'invalid wildcard: must be placed at leftmost or rightmost label',
      },
      custom: checkHostPattern,
    }),
  ),
  paths: array(
    string({
      match_none: [emptySegments],
      match_any: { patterns: [/^\//, /^~\//], err: 'should start with: / (fixed path) or ~/ (regex path)' },
      custom: checkRoutePath,
    }),
  ),
  headers,
  regex_priority: integer({ default: 0 }),
  path_handling: string({ default: 'v0', one_of: ['v0', 'v1'] }),
} satisfies Fields

const forbidden = (field: Field, name: string, protocols: string): Field => ({
  ...field,
  eq: null,
  err: `cannot set '${name}' when 'protocols' is ${protocols}`,
})

/** Some of the fields, forbidden for certain protocols. */
const without = (names: readonly (keyof typeof fields)[], protocols: string): Fields =>
  Object.fromEntries(names.map((name) => [name, forbidden(fields[name], name, protocols)]))

const HTTP: Specialised = {
  fields: without(['sources', 'destinations'], "'http' or 'https'"),
  entity_checks: [
    {
      conditional_at_least_one_of: {
        if_field: 'protocols',
        if_match: { contains: 'https' },
        then_at_least_one_of: ['methods', 'hosts', 'headers', 'paths', 'snis'],
        then_err: "must set one of %s when 'protocols' is 'https'",
        else_match: { contains: 'http' },
        else_then_at_least_one_of: ['methods', 'hosts', 'headers', 'paths'],
        else_then_err: "must set one of %s when 'protocols' is 'http'",
      },
    },
  ],
}

const STREAM_FORBIDDEN = ['methods', 'hosts', 'paths', 'headers'] as const

const STREAM: Specialised = {
  fields: without(STREAM_FORBIDDEN, "'tcp', 'tls' or 'udp'"),
  entity_checks: [
    {
      conditional_at_least_one_of: {
        if_field: 'protocols',
        if_match: {},
        then_at_least_one_of: ['sources', 'destinations', 'snis'],
        then_err: "must set one of %s when 'protocols' is 'tcp', 'tls' or 'udp'",
      },
    },
  ],
}

const PASSTHROUGH: Specialised = {
  fields: without([...STREAM_FORBIDDEN, 'sources', 'destinations'], "'tls_passthrough'"),
  entity_checks: [
    {
      conditional_at_least_one_of: {
        if_field: 'protocols',
        if_match: {},
        then_at_least_one_of: ['snis'],
        then_err: "must set snis when 'protocols' is 'tls_passthrough'",
      },
    },
  ],
}

const GRPC: Specialised = {
  fields: {
    ...without(['methods', 'sources', 'destinations'], "'grpc' or 'grpcs'"),
    strip_path: boolean({
      required: true,
      default: false,
      ne: true,
      err: "cannot set 'strip_path' when 'protocols' is 'grpc' or 'grpcs'",
    }),
  },
  entity_checks: [
    {
      conditional_at_least_one_of: {
        if_field: 'protocols',
        if_match: { contains: 'grpcs' },
        then_at_least_one_of: ['hosts', 'headers', 'paths', 'snis'],
        then_err: "must set one of %s when 'protocols' is 'grpcs'",
        else_match: { contains: 'grpc' },
        else_then_at_least_one_of: ['hosts', 'headers', 'paths'],
        else_then_err: "must set one of %s when 'protocols' is 'grpc'",
      },
    },
  ],
}

const BY_PROTOCOL: Readonly<Record<string, Specialised>> = {
  http: HTTP,
  https: HTTP,
  grpc: GRPC,
  grpcs: GRPC,
  tcp: STREAM,
  tls: STREAM,
  udp: STREAM,
  tls_passthrough: PASSTHROUGH,
}

/** The first protocol that is known decides of what kind a route is. */
function specialise({ protocols: given = fields.protocols.default }: { readonly protocols?: unknown }): Specialised {
  if (given === null) return { field: 'protocols', problem: 'required field missing' }
  if (!isTable(given) && typeof given !== 'string') return { field: 'protocols', problem: 'expected a set' }
  const named: readonly unknown[] = typeof given === 'string' ? [given] : Object.values(given)
  const known = named.find((protocol) => typeof protocol === 'string' && Object.hasOwn(BY_PROTOCOL, protocol))
  if (known !== undefined) return BY_PROTOCOL[String(known)] as Specialised
  const first = named[0] ?? 'nil'
  return { field: 'protocols', problem: `unknown type: ${isTable(first) ? 'table' : first}` }
}

export const routes: EntitySchema = {
  name: 'routes',
  endpoint_key: 'name',
  fields,
  specialise,
  entity_checks: [
    {
      conditional: {
        if_field: 'protocols',
        if_match: { elements: string({ not_one_of: ['grpcs', 'https', 'tls', 'tls_passthrough'] }) },
        then_field: 'snis',
        then_match: { len_eq: 0 },
        then_err: "'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'",
      },
    },
    // Kong warns here of a path_handling that its router ignores; nothing is refused.
    { custom_entity_check: { field_sources: ['path_handling'], check: () => undefined } },
    {
      custom_entity_check: {
        field_sources: [
          ...['id', 'protocols', 'snis', 'sources', 'destinations', 'methods', 'hosts', 'paths', 'headers'],
          ...['expression', 'regex_priority', 'priority'],
        ],
        run_with_missing_fields: true,
        check: checkRouterExpression,
      },
    },
  ],
}
