import { type ConfigurationParts, configurationOf } from '../config/acceptance.ts'
import type { Registry } from '../config/entities/entity-schema.ts'
import type { Loaded, LoadResult, Refused } from '../config/load.ts'

/** The outcome of a load in a form that can be handed from one thread to another. */
export type Portable =
  | (Pick<Loaded, 'ok' | 'flattened' | 'warnings' | 'duplicates'> & { readonly parts: ConfigurationParts })
  | Pick<Refused, 'ok' | 'problems' | 'duplicates' | 'error' | 'flattenedError'>

export function pack(result: LoadResult): Portable {
  if (!result.ok) {
    const { ok, problems, duplicates, error, flattenedError } = result
    return { ok, problems, duplicates, error, flattenedError }
  }
  const { ok, parts, flattened, warnings, duplicates } = result
  return { ok, parts, flattened, warnings, duplicates }
}

export function unpack(portable: Portable, registry: Registry): LoadResult {
  if (!portable.ok) return portable
  return { ...portable, configuration: configurationOf(portable.parts, registry) }
}
