import { readAddress } from '../addresses.ts'
import {
  array,
  boolean,
  type EntityCheck,
  type Fields,
  foreign,
  integer,
  map,
  number,
  record,
  string,
} from '../schema/field.ts'
import {
  checkHeaderName,
  checkHostAndPort,
  checkServerName,
  createdAt,
  id,
  path,
  tags,
  updatedAt,
} from './common-fields.ts'
import type { EntitySchema } from './entity-schema.ts'

const checkUpstreamName = (name: string): string | undefined => {
  const address = readAddress(name)
  if ('problem' in address) return `Invalid name ('${name}'); must be a valid hostname`
  if (address.kind !== 'name') return `Invalid name ('${name}'); no ip addresses allowed`
  return address.port === undefined ? undefined : `Invalid name ('${name}'); no port allowed`
}

const seconds = number({ default: 0, between: [0, 65535] })
const counter = integer({ default: 0, between: [0, 255] })
const statuses = <const D extends readonly number[]>(defaults: D) =>
  array(integer({ between: [100, 999] }), { default: defaults })
const checkType = string({ default: 'http', one_of: ['tcp', 'http', 'https', 'grpc', 'grpcs'] })
const hashInput = ['none', 'consumer', 'ip', 'header', 'cookie', 'path', 'query_arg', 'uri_capture'] as const
const hashOn = string({ default: 'none', one_of: hashInput })
const headerName = string({ custom: checkHeaderName })
const captureName = string()

/** A record that shows what it becomes when it is left out, as Kong's schema does. */
const withDefault = <const F extends Fields>(fields: F) => record(fields, { default: defaultsOf(fields) })

const defaultsOf = (fields: Fields): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([, field]) => field.default !== undefined)
      .map(([name, field]) => [name, field.default]),
  )

const active = withDefault({
  type: checkType,
  timeout: number({ default: 1, between: [0, 65535] }),
  concurrency: integer({ default: 10, between: [1, 2147483648] }),
  http_path: string({ ...path, default: '/' }),
  https_sni: string({ required: false, custom: checkServerName }),
  https_verify_certificate: boolean({ required: true, default: true }),
  headers: map(headerName, array(string()), { required: false }),
  healthy: withDefault({ interval: seconds, http_statuses: statuses([200, 302]), successes: counter }),
  unhealthy: withDefault({
    interval: seconds,
    http_statuses: statuses([429, 404, 500, 501, 502, 503, 504, 505]),
    tcp_failures: counter,
    timeouts: counter,
    http_failures: counter,
  }),
})

const passive = withDefault({
  type: checkType,
  healthy: withDefault({
    http_statuses: statuses([
      200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308,
    ]),
    successes: counter,
  }),
  unhealthy: withDefault({
    http_statuses: statuses([429, 500, 503]),
    tcp_failures: counter,
    timeouts: counter,
    http_failures: counter,
  }),
})

const needs = (input: 'hash_on' | 'hash_fallback', value: string, field: string): EntityCheck => ({
  conditional: {
    if_field: input,
    if_match: { match: new RegExp(`^${value}$`) },
    then_field: field,
    then_match: { required: true },
  },
})

const fallbackWithin = (value: string, allowed: readonly string[]): EntityCheck => ({
  conditional: {
    if_field: 'hash_on',
    if_match: { match: new RegExp(`^${value}$`) },
    then_field: 'hash_fallback',
    then_match: { one_of: allowed },
  },
})

const others = (value: string): string[] => hashInput.filter((input) => input !== value)

/** Of these algorithms nothing is hashed, whatever `hash_on` says. */
const UNHASHED = ['least-connections', 'latency']

const unhash = (algorithm: string): Record<string, unknown> =>
  UNHASHED.includes(algorithm) ? { algorithm, hash_on: 'none' } : { algorithm }

/** The algorithm that follows from `hash_on`, which decides wherever it can. */
export function impliedAlgorithm(algorithm: string, hashOn: string): string {
  if (UNHASHED.includes(algorithm)) return algorithm
  return hashOn === 'none' ? 'round-robin' : 'consistent-hashing'
}

const algorithm = string({
  default: 'round-robin',
  one_of: ['consistent-hashing', 'least-connections', 'round-robin', 'latency'],
})

export const upstreams: EntitySchema = {
  name: 'upstreams',
  endpoint_key: 'name',
  fields: {
    id,
    created_at: createdAt,
    updated_at: updatedAt,
    name: string({ required: true, unique: true, custom: checkUpstreamName }),
    algorithm,
    hash_on: hashOn,
    hash_fallback: hashOn,
    hash_on_header: headerName,
    hash_fallback_header: headerName,
    hash_on_cookie: string({ custom: checkHeaderName }),
    hash_on_cookie_path: string({ ...path, default: '/' }),
    hash_on_query_arg: captureName,
    hash_fallback_query_arg: captureName,
    hash_on_uri_capture: captureName,
    hash_fallback_uri_capture: captureName,
    slots: integer({ default: 10000, between: [10, 65536] }),
    healthchecks: record(
      { active, passive, threshold: number({ default: 0, between: [0, 100] }) },
      { default: defaultsOf({ active, passive }) },
    ),
    tags,
    host_header: string({ custom: checkHostAndPort }),
    client_certificate: foreign('certificates'),
    use_srv_name: boolean({ default: false }),
  },
  entity_checks: [
    needs('hash_on', 'header', 'hash_on_header'),
    needs('hash_fallback', 'header', 'hash_fallback_header'),
    needs('hash_on', 'cookie', 'hash_on_cookie'),
    needs('hash_fallback', 'cookie', 'hash_on_cookie'),
    fallbackWithin('none', ['none']),
    fallbackWithin('consumer', others('consumer')),
    fallbackWithin('ip', others('ip')),
    fallbackWithin('cookie', ['none']),
    fallbackWithin('path', others('path')),
    { distinct: ['hash_on_header', 'hash_fallback_header'] },
    needs('hash_on', 'query_arg', 'hash_on_query_arg'),
    needs('hash_fallback', 'query_arg', 'hash_fallback_query_arg'),
    { distinct: ['hash_on_query_arg', 'hash_fallback_query_arg'] },
    needs('hash_on', 'uri_capture', 'hash_on_uri_capture'),
    needs('hash_fallback', 'uri_capture', 'hash_fallback_uri_capture'),
    { distinct: ['hash_on_uri_capture', 'hash_fallback_uri_capture'] },
  ],
  shorthand_fields: [{ name: 'algorithm', field: algorithm, expand: unhash }],
}
