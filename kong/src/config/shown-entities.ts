import type { Registry } from './entities/entity-schema.ts'
import type { Collections } from './entities.ts'
import type { Shorthand } from './schema/field.ts'
import { memberAt, type Table } from './schema/lua-table.ts'

type Show = (entity: object) => object

/** How Kong's Admin API shows what is not simply what it stores; by collection. */
export function createShows(registry: Registry, snis: Iterable<Collections['snis']>): Readonly<Record<string, Show>> {
  const names = new Map<string, string[]>()
  for (const { name, certificate } of snis) names.set(certificate.id, [...(names.get(certificate.id) ?? []), name])
  return {
    plugins: (entity) => withDeprecatedFields(entity as { readonly name: string; readonly config: Table }, registry),
    certificates: (entity) => ({ ...entity, snis: names.get((entity as { id: string }).id) ?? [] }),
  }
}

/** A plugin's deprecated fields (`redis_host`) are shown with the values of those that took their place. */
function withDeprecatedFields(entity: { readonly name: string; readonly config: Table }, registry: Registry): object {
  const shorthands = registry.get(entity.name)?.schema.shorthand_fields ?? []
  const fields = shorthands.flatMap((shorthand) => deprecatedField(shorthand, entity.config))
  return fields.length === 0 ? entity : { ...entity, config: { ...entity.config, ...Object.fromEntries(fields) } }
}

function deprecatedField({ name, deprecation }: Shorthand, config: Table): [string, unknown][] {
  const [path] = deprecation?.replaced_with ?? []
  return path ? [[name, memberAt(config, path.join('.')) ?? null]] : []
}
