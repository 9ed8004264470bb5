import type { PluginEntity } from '../entities.ts'
import { doubt, type Lint, lint, type Whole } from './lint.ts'

const NEVER_FOR_CONSUMERS = ['acl', 'basic-auth', 'jwt', 'key-auth']
const AUTHENTICATION = new Set(['basic-auth', 'hmac-auth', 'jwt', 'key-auth'])

const authenticates = (whole: Whole): boolean =>
  whole.note('authentication', () =>
    whole.of('plugins').some(({ name, enabled }) => AUTHENTICATION.has(name) && enabled),
  )

const configOf = <T>({ config }: PluginEntity): T => config as T

export const pluginLints: readonly Lint[] = [
  lint({
    on: 'plugins',
    about: 'jwt without `exp` among `claims_to_verify`: expired tokens pass',
    find: (plugin) => {
      const { claims_to_verify } = configOf<{ claims_to_verify?: readonly string[] | null }>(plugin)
      return plugin.name === 'jwt' && !claims_to_verify?.includes('exp')
        ? doubt('config', "expired tokens pass: 'claims_to_verify' lacks 'exp'")
        : undefined
    },
  }),
  lint({
    on: 'plugins',
    about: 'key-auth that takes keys from the query without being told to: they end up in logs',
    find: ({ name }, { raw }) => {
      const { key_in_query } = (raw.config ?? {}) as { key_in_query?: boolean }
      return name === 'key-auth' && key_in_query === undefined
        ? doubt(
            'config',
            "keys may stand in the query, and so in logs: say 'key_in_query: false', or true if it is meant",
          )
        : undefined
    },
  }),
  lint({
    on: 'plugins',
    about: 'cors with `credentials` for any origin',
    find: (plugin) => {
      const { credentials, origins } = configOf<{ credentials?: boolean; origins?: readonly string[] | null }>(plugin)
      if (plugin.name !== 'cors' || !credentials || (origins && !origins.includes('*'))) return undefined
      return doubt('config', 'any site may send requests with the credentials of its visitors')
    },
  }),
  lint({
    on: 'plugins',
    about: 'proxy-cache whose `content_type` has no variant with `charset`: such answers are not cached',
    find: (plugin) => {
      const { content_type } = configOf<{ content_type?: readonly string[] }>(plugin)
      const bare = content_type?.find(
        (type) => !type.includes(';') && !content_type.some((other) => other.startsWith(`${type};`)),
      )
      return plugin.name === 'proxy-cache' && bare !== undefined
        ? doubt('config', `'${bare}' does not cover '${bare}; charset=utf-8': list both`)
        : undefined
    },
  }),
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
