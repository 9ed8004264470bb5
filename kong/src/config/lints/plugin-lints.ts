import { doubt, type Lint, lint, pluginLint, type Whole } from './lint.ts'

const NEVER_FOR_CONSUMERS = ['acl', 'basic-auth', 'jwt', 'key-auth']
const AUTHENTICATION = new Set(['basic-auth', 'hmac-auth', 'jwt', 'key-auth'])

const authenticates = (whole: Whole): boolean =>
  whole.note('authentication', () =>
    whole.of('plugins').some(({ name, enabled }) => AUTHENTICATION.has(name) && enabled),
  )

export const pluginLints: readonly Lint[] = [
  pluginLint<{ claims_to_verify: readonly string[] | null }>(
    'jwt',
    'jwt without `exp` among `claims_to_verify`: expired tokens pass',
    ({ claims_to_verify }) =>
      claims_to_verify?.includes('exp')
        ? undefined
        : doubt('config', "expired tokens pass: 'claims_to_verify' lacks 'exp'"),
  ),
  pluginLint(
    'key-auth',
    'key-auth that takes keys from the query without being told to: they end up in logs',
    (_config, { raw }) => {
      const { key_in_query } = (raw.config ?? {}) as { key_in_query?: boolean }
      return key_in_query === undefined
        ? doubt(
            'config',
            "keys may stand in the query, and so in logs: say 'key_in_query: false', or true if it is meant",
          )
        : undefined
    },
  ),
  pluginLint<{ credentials: boolean; origins: readonly string[] | null }>(
    'cors',
    'cors with `credentials` for any origin',
    ({ credentials, origins }) =>
      credentials && (!origins || origins.includes('*'))
        ? doubt('config', 'any site may send requests with the credentials of its visitors')
        : undefined,
  ),
  pluginLint<{ content_type: readonly string[] }>(
    'proxy-cache',
    'proxy-cache whose `content_type` has no variant with `charset`: such answers are not cached',
    ({ content_type }) => {
      const bare = content_type.find(
        (type) => !type.includes(';') && !content_type.some((other) => other.startsWith(`${type};`)),
      )
      return bare === undefined
        ? undefined
        : doubt('config', `'${bare}' does not cover '${bare}; charset=utf-8': list both`)
    },
  ),
  lint({
    on: 'plugins',
    about: 'jwt, key-auth, basic-auth or acl nested in a consumer: it never runs',
    find: ({ name, consumer }) =>
      consumer && NEVER_FOR_CONSUMERS.includes(name)
        ? doubt('name', `'${name}' never runs for a consumer alone: it is what finds the consumer`)
        : undefined,
  }),
  lint({
    on: 'plugins',
    about: 'a plugin for one consumer in a file without any authentication',
    find: ({ name, consumer }, _node, whole) =>
      consumer && !NEVER_FOR_CONSUMERS.includes(name) && !authenticates(whole)
        ? doubt('name', 'it never runs: no plugin of this file finds out who the consumer is')
        : undefined,
  }),
]
