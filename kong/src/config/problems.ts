import { unsupportedPlugins } from '../plugins/unsupported.ts'
import { nestedIn, type Path } from './document/entity-node.ts'
import type { Source } from './document/source.ts'
import { protocols } from './entities/common-fields.ts'
import type { Registry } from './entities/entity-schema.ts'
import { entitySchemas } from './entities/index.ts'
import { ENTITY, type ErrorNode, ErrorTree } from './schema/error-tree.ts'
import type { Field, Fields } from './schema/field.ts'
import { asObject, isTable } from './schema/lua-table.ts'
import { REQUIRED, UNKNOWN } from './schema/validate.ts'
import { suggest } from './spelling.ts'

/** One thing that is wrong (or doubtful) with a document, for people. */
export interface Problem {
  /** Counting from 1; undefined where the document did not come as text. */
  readonly line: number | undefined
  readonly column: number | undefined
  /** Such as `services[0].routes[1].paths[0]`; empty for the document itself. */
  readonly path: string
  readonly message: string
}

/** A path as people write it. */
export const writePath = (path: Path): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('')

/** One problem at a place of the document. */
export function problemAt(source: Source, path: Path, message: string, part: 'key' | 'value' = 'value'): Problem {
  const position = source.locate(path, part)
  return { line: position?.line, column: position?.column, path: writePath(path), message }
}

/** The names that stand twice in one map, told where the second one stands. */
export const duplicatesIn = (source: Source): Problem[] =>
  source.duplicates().map(({ path, first, second: { line, column } }) => ({
    line,
    column,
    path: writePath(path),
    message: `'${path.at(-1)}' is already set on line ${first.line}, column ${first.column}; this one wins: remove one of them`,
  }))

/** Every error of a tree with its place, and for a likely slip the right word. */
export function problemsOf(tree: ErrorTree, source: Source, registry: Registry): Problem[] {
  const found = [...leaves(tree, [])]
  const told = found.filter(({ message }) => !message.startsWith(CONDITIONAL))
  return (told.length > 0 ? told : found).map(({ path, message }) => {
    if (message === UNKNOWN) return unknownField(path, source, registry)
    if (message === REQUIRED) return missing(path, source)
    return problemAt(source, path, withHint(message, path, source, registry))
  })
}

/** What Kong adds to the error of a field that another one asks for. */
const CONDITIONAL = 'failed conditional validation'

function missing(path: Path, source: Source): Problem {
  const name = path.at(-1)
  return typeof name === 'number'
    ? problemAt(source, path, 'a value is expected, found nothing')
    : problemAt(source, path.slice(0, -1), `'${name}' is required`)
}

interface Leaf {
  readonly path: Path
  readonly message: string
}

function* leaves(node: ErrorNode, path: Path): Generator<Leaf> {
  if (node instanceof ErrorTree) {
    for (const [key, below] of node) {
      if (key === ENTITY) yield* leaves(below, path)
      else yield* leaves(below, [...path, typeof key === 'number' ? key - 1 : key])
    }
  } else for (const message of [node].flat()) yield { path, message }
}

/** What decK alone understands, and how to be rid of it. */
const DECK_ONLY = new Set(['_info', '_plugin_configs', '_konnect', '_workspace'])

/** What Kong has only with a licence. */
const ENTERPRISE = new Set([
  ...['consumer_groups', 'consumer_group', 'licenses', 'ordering', 'partials', 'rbac_roles', 'rbac_users', 'admins'],
  ...['developers', 'groups', 'event_hooks', 'degraphql_routes', 'graphql_ratelimiting_cost_decorations'],
])

function unknownField(path: Path, source: Source, registry: Registry): Problem {
  const name = String(path.at(-1))
  const known = namesAt(path.slice(0, -1), source.value, registry)
  const right = suggest(name, known)
  if (path.length === 1 && DECK_ONLY.has(name)) {
    return problemAt(
      source,
      path,
      `'${name}' is decK's own and unknown to Kong: run 'deck file render' first, or leave it out`,
      'key',
    )
  }
  if (ENTERPRISE.has(name))
    return problemAt(source, path, `unknown field '${name}': only Kong's Enterprise edition has it`, 'key')
  return problemAt(
    source,
    path,
    `unknown field '${name}'${right === undefined ? '' : `; did you mean '${right}'?`}`,
    'key',
  )
}

function withHint(message: string, path: Path, source: Source, registry: Registry): string {
  const value = valueAt(source.value, path)
  const [, options] = /^expected one of: (.*)$/.exec(message) ?? []
  if (options !== undefined && typeof value === 'string')
    return didYouMean(message, suggest(value, options.split(', ')))
  if (/^plugin '.*' not enabled/.test(message) && typeof value === 'string')
    return (
      unsupportedPlugins.get(value) ??
      didYouMean(message, suggest(value, [...registry.keys(), ...unsupportedPlugins.keys()]))
    )
  if (message.startsWith('unknown type: ')) return unknownProtocol(message.slice('unknown type: '.length))
  if (message.startsWith('Router Expression')) return onOneLine(message)
  if (message === 'value must be null') return `'${path.at(-1)}' can't be set here`
  if (/^expected an? (?:string|number|integer|boolean|array|set|map|record)$/.test(message))
    return `${message}, found ${kindOf(value)}`
  return message
}

function unknownProtocol(given: string): string {
  if (given === 'nil') return 'at least one protocol is expected'
  if (given === 'table') return `expected one of: ${protocols.join(', ')}`
  return didYouMean(`'${given}' is no protocol; expected one of: ${protocols.join(', ')}`, suggest(given, protocols))
}

/** The router's words without the drawing around them. */
function onOneLine(message: string): string {
  const [, pattern] = /regex parse error:\n {4}(.*)/.exec(message) ?? []
  const [, reason] = /(?:error: | = )([^\n]*)$/.exec(message) ?? []
  return `the router can't take ${pattern === undefined ? 'these predicates' : `'${pattern}'`}: ${reason ?? message}`
}

const didYouMean = (message: string, right: string | undefined): string =>
  right === undefined ? message : `${message}; did you mean '${right}'?`

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : typeof value === 'number' ? 'a number' : 'a text'
}

function valueAt(document: unknown, path: Path): unknown {
  let at = document
  for (const step of path) at = isTable(at) ? (at as Readonly<Record<string | number, unknown>>)[step] : undefined
  return at
}

/** The names that may stand in the record at a path. */
function namesAt(path: Path, document: unknown, registry: Registry): string[] {
  const [collection, , ...rest] = path
  if (collection === undefined) return ['_format_version', '_transform', '_comment', '_ignore', ...entitySchemas.keys()]
  let schema = entitySchemas.get(String(collection))
  let at = valueAt(document, path.slice(0, 2))
  let left = rest
  while (schema && left.length >= 2 && nestedIn(schema.name).has(String(left[0]))) {
    schema = entitySchemas.get(String(left[0]))
    at = valueAt(at, left.slice(0, 2))
    left = left.slice(2)
  }
  if (!schema || !isTable(at)) return []
  const special = schema.specialise?.(asObject(at), registry)
  let fields: Fields = { ...schema.fields, ...(special && 'fields' in special ? special.fields : {}) }
  if (left.length === 0)
    return [
      ...Object.keys(fields),
      ...nestedIn(schema.name).keys(),
      ...(schema.shorthand_fields ?? []).map(({ name }) => name),
      '_comment',
      '_ignore',
    ]
  for (const step of left) {
    const field: Field | undefined = typeof step === 'number' ? undefined : fields[step]
    if (field) fields = field.fields ?? field.elements?.fields ?? {}
  }
  return Object.keys(fields)
}
