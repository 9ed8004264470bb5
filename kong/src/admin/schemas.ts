/** `/schemas`: what entities and plugins may hold, and checks of what is about to be written. decK reads all of it. */
import { entitySchemas } from '../config/entities/index.ts'
import { record, string } from '../config/schema/field.ts'
import type { Plugin } from '../plugins/plugin.ts'
import { type AdminAnswer, message, ok } from './answer.ts'
import { validate } from './refusals.ts'
import type { AdminRoute, Call } from './routes.ts'
import { describeField, describeShape } from './schema-json.ts'
import { schemaViolation } from './violations.ts'

export const schemaRoutes: readonly AdminRoute[] = [
  { path: '/schemas/:entity', methods: { GET: showEntity } },
  { path: '/schemas/:entity/validate', methods: { POST: (call) => check(call, call.parameters.entity ?? '') } },
  { path: '/schemas/plugins/validate', methods: { POST: (call) => check(call, 'plugins') } },
  { path: '/schemas/plugins/:name', methods: { GET: (call) => withPlugin(call, showPlugin) } },
  { path: '/schemas/vaults/:name', methods: { GET: showVault } },
  { path: '/plugins/schema/:name', methods: { GET: (call) => withPlugin(call, showConfigOnly) } },
]

function showEntity({ parameters }: Call): AdminAnswer {
  const schema = entitySchemas.get(parameters.entity ?? '')
  if (!schema) return message(404, `No entity named '${parameters.entity}'`)
  if (schema.name !== 'plugins') return ok(describeShape(schema))
  // The configuration's fields depend on the plugin; that a name may be empty is only so that it is told as unknown.
  const { config: _config, name, ...others } = schema.fields
  const { len_min: _, ...plainName } = name ?? {}
  const config = { type: 'record', abstract: true }
  const fields = Object.keys(schema.fields).map((field) => {
    if (field === 'config') return { config }
    return { [field]: describeField(field === 'name' ? plainName : (others[field] ?? {})) }
  })
  return ok({ fields, entity_checks: [] })
}

function withPlugin({ gateway, parameters }: Call, show: (plugin: Plugin) => AdminAnswer): AdminAnswer {
  const plugin = gateway.registry.get(parameters.name ?? '')
  return plugin ? show(plugin) : message(404, `No plugin named '${parameters.name}'`)
}

function showPlugin(plugin: Plugin): AdminAnswer {
  const special = entitySchemas.get('plugins')?.specialise?.({ name: plugin.name }, new Map([[plugin.name, plugin]]))
  if (!special || !('fields' in special)) return message(404, `No plugin named '${plugin.name}'`)
  const { config, protocols, ...scopes } = special.fields
  const fields = { ...scopes, ...(protocols && { protocols }), ...(config && { config }) }
  return ok(describeShape({ fields, entity_checks: special.entity_checks ?? [] }))
}

function showConfigOnly(plugin: Plugin): AdminAnswer {
  const { type: _type, required: _required, ...shown } = describeField(plugin.schema)
  return ok({ entity_checks: [], ...shown })
}

/** The one vault that open-source Kong has. */
const envVault = { config: record({ prefix: string({ match: /^[a-zA-Z_-][a-zA-Z\d_-]*$/ }) }) }

function showVault({ parameters }: Call): AdminAnswer {
  if (parameters.name !== 'env') return message(404, `No vault named '${parameters.name}'`)
  return ok(describeShape({ fields: envVault }))
}

function check(call: Call, collection: string): AdminAnswer {
  if (!entitySchemas.has(collection)) return message(404, `No entity named '${collection}'`)
  const errors = validate(call, collection)
  return errors ? schemaViolation(errors) : message(200, 'schema validation successful')
}
