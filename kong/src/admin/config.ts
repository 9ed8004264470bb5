/** `/config`: reading and replacing the whole configuration. Source: Kong 3.9, kong/api/routes/config.lua. */
import { createHash } from 'node:crypto'
import { stringify } from 'yaml'
import type { CollectionName } from '../config/entities.ts'
import type { LoadResult } from '../config/load.ts'
import { type AdminAnswer, failure, message, ok } from './answer.ts'
import { readFields } from './body.ts'
import { shownCollection } from './collections.ts'
import { type Entity, entitiesOf } from './look-up.ts'
import type { AdminRequest } from './request.ts'
import type { AdminRoute, Call } from './routes.ts'

export const configRoute: AdminRoute = { path: '/config', methods: { GET: showConfig, POST: replaceConfig } }

function showConfig({ gateway }: Call): AdminAnswer {
  const { configuration } = gateway
  const tables = configuration.collections.map((name) => [name, entitiesOf(configuration, name).map(asWritten(name))])
  const document = { _format_version: '3.0', _transform: false, ...Object.fromEntries(tables) }
  return ok({ config: stringify(document, { nullStr: '~', singleQuote: true, lineWidth: 0, version: '1.1' }) })
}

/** Foreign keys stand in a file as the id alone. */
const asWritten = (name: CollectionName) => (entity: Entity) => {
  const parents = shownCollection(name)?.parents ?? new Map()
  const idOf = (value: unknown) => (value as { id?: unknown } | null)?.id ?? value
  return Object.fromEntries(
    Object.entries(entity).map(([field, value]) => [field, parents.has(field) ? idOf(value) : value]),
  )
}

/** What a request brings: a text, or a document that came as JSON. */
interface Brought {
  readonly document: string | object | undefined
  readonly flatten: boolean
  readonly checkHash: boolean
}

const NOT_A_STRING =
  "failed parsing declarative configuration: <lua>: bad argument #1 to 'parser' (must provide a string argument)"

async function replaceConfig({ gateway, request }: Call): Promise<AdminAnswer> {
  const { document, flatten, checkHash } = readBody(request)
  if (document === undefined) return message(400, 'expected a declarative configuration')
  if (document === NO_TEXT) return invalidDeclarative({ error: NOT_A_STRING })
  if (checkHash && typeof document === 'string' && hashOf(document) === gateway.configuration.hash)
    return { status: 304 }
  const result = await gateway.loadLive(document, { source: 'admin' })
  return result.ok ? { status: 201, body: result.flattened } : refusal(result, flatten)
}

const NO_TEXT = {}

function readBody(request: AdminRequest): Brought {
  const type = request.headers['content-type'] ?? ''
  const isYaml = /^(?:text|application)\/yaml/.test(type)
  const { config, flatten_errors, check_hash, ...rest } = isYaml
    ? { config: request.body.toString('utf8') }
    : (readFields(request) as Record<string, unknown>)
  const flag = (name: string, given: unknown) => request.query.get(name) ?? given
  return {
    document: documentOf(request.body.length > 0, config, rest, type),
    flatten: /^(?:1|true|yes|on)$/i.test(String(flag('flatten_errors', flatten_errors))),
    checkHash: flag('check_hash', check_hash) === '1',
  }
}

function documentOf(hasBody: boolean, config: unknown, rest: object, type: string): Brought['document'] {
  if (!hasBody) return undefined
  if (config !== undefined) return typeof config === 'string' ? config : NO_TEXT
  return type.includes('json') ? rest : undefined
}

const hashOf = (text: string): string => createHash('md5').update(text).digest('hex')

const refusal = (result: LoadResult & { ok: false }, flatten: boolean): AdminAnswer => ({
  status: 400,
  body: flatten ? result.flattenedError : result.error,
})

const invalidDeclarative = (fields: Record<string, string>): AdminAnswer => {
  const shown = Object.entries(fields).map(([name, text]) => `${name}=${JSON.stringify(text)}`)
  return failure(400, 14, 'invalid declarative configuration', `declarative config is invalid: {${shown.join(', ')}}`, {
    fields,
  })
}
