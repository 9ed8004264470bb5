import type { Environment } from './document/env-template.ts'

/** A vault as far as references need it. */
export interface VaultOptions {
  readonly prefix: string
  readonly config: { readonly prefix?: string | null } | null
}

/** The secret that a reference stands for; undefined where there is no such thing. */
export type SecretLookUp = (reference: string) => string | undefined

/**
 * Looks up `{vault://NAME/RESOURCE[/KEY][?prefix=…][#VERSION]}` in the environment (Kong's only vault without a
 * licence). NAME is `env` or the prefix of a vault of the configuration.
 * @param prefix of the variables that `env` itself names.
 */
export function createResolver(vaults: Iterable<VaultOptions>, env: Environment, prefix = ''): SecretLookUp {
  const prefixes = new Map<string, string>([['env', prefix]])
  for (const vault of vaults) prefixes.set(vault.prefix, vault.config?.prefix ?? prefix)
  return (reference) => lookUp(reference, prefixes, env)
}

function lookUp(reference: string, prefixes: ReadonlyMap<string, string>, env: Environment): string | undefined {
  const [, vault = '', resource = '', key, query, version] =
    /^\{vault:\/\/([^/]+)\/([^/?#]+)(?:\/([^?#]+))?(?:\?([^#]*))?(?:#(\d+))?\/?\}$/.exec(reference) ?? []
  const configured = prefixes.get(vault)
  if (configured === undefined) return undefined
  const prefix = new URLSearchParams(query).get('prefix') ?? configured
  const name = `${prefix}${resource}`.replaceAll('-', '_').toUpperCase()
  const value = env[version === '2' ? `${name}_PREVIOUS` : name]
  return value === undefined || key === undefined ? value : memberOf(value, key)
}

function memberOf(json: string, key: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(json)
    const member =
      typeof parsed === 'object' && parsed !== null ? (parsed as Readonly<Record<string, unknown>>)[key] : undefined
    return typeof member === 'string' ? member : undefined
  } catch {
    return undefined
  }
}
