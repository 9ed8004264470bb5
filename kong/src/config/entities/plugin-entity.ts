import { oncePer } from '../../once-per.ts'
import type { Plugin } from '../../plugins/plugin.ts'
import { unsupportedPlugins } from '../../plugins/unsupported.ts'
import { boolean, type Field, type Fields, foreign, record, set, string } from '../schema/field.ts'
import { checkName, createdAt, id, protocols, tags, updatedAt } from './common-fields.ts'
import { type EntitySchema, nameProblem, type Registry, type Specialised, type SpecialShape } from './entity-schema.ts'

const HTTP_PROTOCOLS = ['grpc', 'grpcs', 'http', 'https'] as const

const scopes = {
  route: foreign('routes', { default: null, on_delete: 'cascade' }),
  service: foreign('services', { default: null, on_delete: 'cascade' }),
  consumer: foreign('consumers', { default: null, on_delete: 'cascade' }),
} satisfies Fields

/** A plugin's own configuration, protocols and scopes in place of the general ones. */
function specialise(input: { readonly name?: unknown }, registry: Registry): Specialised | undefined {
  if (typeof input.name !== 'string') return { field: 'name', problem: nameProblem(input.name) }
  const plugin = registry.get(input.name)
  if (!plugin)
    return {
      field: 'name',
      problem:
        unsupportedPlugins.get(input.name) ??
        `plugin '${input.name}' not enabled; add it to the 'plugins' configuration property`,
    }
  return shapeOf(plugin)
}

const shapeOf = oncePer((plugin: Plugin): SpecialShape => {
  const closed = Object.fromEntries(
    (plugin.unscopable ?? []).map((scope): [string, Field] => [scope, foreign(`${scope}s`, { eq: null })]),
  )
  const takes = plugin.protocols ?? HTTP_PROTOCOLS
  const ownProtocols = set(string({ one_of: takes }), {
    required: true,
    default: plugin.usualProtocols ?? HTTP_PROTOCOLS.filter((protocol) => takes.includes(protocol)),
  })
  const fields = { config: plugin.schema, protocols: ownProtocols, ...closed }
  return { fields, ...(plugin.entity_checks && { entity_checks: plugin.entity_checks }) }
})

export const plugins: EntitySchema = {
  name: 'plugins',
  endpoint_key: 'instance_name',
  cache_key: ['name', 'route', 'service', 'consumer'],
  fields: {
    id,
    name: string({ required: true, len_min: 0 }),
    instance_name: string({ unique: true, custom: checkName }),
    created_at: createdAt,
    updated_at: updatedAt,
    ...scopes,
    config: record({}),
    protocols: set(string({ one_of: protocols }), { required: true, default: HTTP_PROTOCOLS }),
    enabled: boolean({ required: true, default: true }),
    tags,
  },
  specialise,
}
