import { readAddress } from '../addresses.ts'
import { checkPercentEncoding, toBytes } from '../paths.ts'
import { array, integer, map, set, string } from '../schema/field.ts'

/** Fields and checks that several entities share, with Kong's words (kong/db/schema/typedefs.lua). */

export const id = string({ uuid: true, auto: true })
export const createdAt = integer({ timestamp: true, auto: true })
export const updatedAt = integer({ timestamp: true, auto: true })

export const tags = set(
  string({
    required: true,
    custom: (tag: string) =>
      /^(?:[\x20-\x2b\x2d-\x2e\x30-\x7e]|[^\0-\x7f])+$/u.test(tag)
        ? undefined
        : `invalid tag '${tag}': expected printable ascii (except \`,\` and \`/\`) or valid utf-8 sequences`,
  }),
)

export const checkName = (name: string): string | undefined =>
  /^(?:[\w.~-]|[^\0-\x7f])+$/u.test(name)
    ? undefined
    : `invalid value '${name}': the only accepted ascii characters are alphanumerics or ., -, _, and ~`

export const name = string({ unique: true, custom: checkName })

export const protocols = ['grpc', 'grpcs', 'http', 'https', 'tcp', 'tls', 'tls_passthrough', 'udp'] as const
const timeoutRange = [1, 2 ** 31 - 2] as const
export const timeout = integer({ default: 60000, between: timeoutRange })
export const portRange = [0, 65535] as const

/** A host without a port. */
export const checkHost = (host: string): string | undefined => {
  const address = readAddress(host)
  if ('problem' in address)
    return address.problem === 'invalid port number' ? 'must not have a port' : `invalid value: ${host}`
  return address.port === undefined ? undefined : 'must not have a port'
}

/** A host with a port behind it, or without. */
export const checkHostAndPort = (host: string): string | undefined => {
  const address = readAddress(host)
  return 'problem' in address ? address.problem : undefined
}

/** A path of RFC 3986's characters, well encoded. */
export const checkPath = (path: string): string | undefined => {
  if (!/^[\w.~:/?#[\]@!$&'()*+,;=%-]*$/.test(path) || /[?#]/.test(path))
    return `invalid path: '${path}' (characters outside of the reserved list of RFC 3986 found)`
  return checkPercentEncoding(toBytes(path))
}

export const emptySegments = { pattern: /\/\//, err: 'must not have empty segments' }
export const path = string({ starts_with: '/', match_none: [emptySegments], custom: checkPath })

export const checkHeaderName = (header: string): string | undefined =>
  /^[\w-]+$/.test(header)
    ? undefined
    : `bad header name '${header}', allowed characters are A-Z, a-z, 0-9, '_', and '-'`

/** Header names with lists of values. */
export const headers = map(
  string({
    match_none: [
      { pattern: /^host$/i, err: "cannot contain 'host' header, which must be specified in the 'hosts' attribute" },
    ],
    custom: checkHeaderName,
  }),
  array(string()),
)

/** A server name. */
export const checkServerName = (name: string): string | undefined => {
  const address = readAddress(name)
  if ('problem' in address)
    return address.problem === 'invalid port number' ? 'must not have a port' : `invalid value: ${name}`
  if (address.kind !== 'name') return 'must not be an IP'
  return address.port === undefined ? undefined : 'must not have a port'
}

/** A server name, `*` standing for its first or its last part; in the words of an error a word stands for the star. */
export const checkServerNamePattern = (pattern: string): string | undefined => {
  const star = pattern.indexOf('*')
  if (star > 0 && star < pattern.length - 1) return 'wildcard must be leftmost or rightmost character'
  if (pattern.split('*').length > 2) return 'only one wildcard must be specified'
  return checkServerName(pattern.replace('*', 'wildcard'))
}
