import { Configuration } from './configuration.ts'
import { completeEntity } from './document/complete.ts'
import { type EntityNode, eachNode } from './document/entity-node.ts'
import { assignIds } from './document/ids.ts'
import { flattenedKongError, kongError } from './document/kong-error.ts'
import { migratePaths } from './document/migrate-paths.ts'
import { readDocument } from './document/read-entities.ts'
import { buildDirectory, checkUniqueFields, type Located, resolveReferences } from './document/references.ts'
import { lookAgain, withIds } from './document/second-look.ts'
import { type Format, readSource, type Source } from './document/source.ts'
import { YamlSyntaxError } from './document/yaml-text.ts'
import type { Registry } from './entities/entity-schema.ts'
import type { CollectionName, Collections } from './entities.ts'
import { type Problem, problemAt, problemsOf } from './problems.ts'
import { ErrorTree } from './schema/error-tree.ts'
import { isTable, type Table } from './schema/lua-table.ts'

export type { Problem } from './problems.ts'

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

export interface LoadOptions {
  /** The plugins that a configuration may use. */
  readonly registry: Registry
  /** For `${{ env "DECK_…" }}`; without it such text is left as it stands, as Kong leaves it. */
  readonly env?: Environment
  readonly format?: Format
  /** Milliseconds since the epoch. */
  readonly now?: () => number
}

export interface Loaded {
  readonly ok: true
  readonly configuration: Configuration
  /** The body of Kong's 201: every entity by collection and id. */
  readonly flattened: object
  readonly warnings: readonly Problem[]
}

export interface Refused {
  readonly ok: false
  readonly problems: readonly Problem[]
  /** The body of Kong's 400. */
  readonly error: object
  /** The same where `flatten_errors` was asked for. */
  readonly flattenedError: object
}

export type LoadResult = Loaded | Refused

/** Reads a kong.yml (YAML or JSON text, or a document already parsed) into a configuration, as Kong 3.9 does. */
export function loadConfiguration(text: string | object, options: LoadOptions): LoadResult {
  let source: Source
  try {
    source = readSource(text, options.format ?? 'any')
  } catch (error) {
    if (error instanceof YamlSyntaxError) return refuseSyntax(error)
    throw error
  }
  const document = topOf(source.value)
  if (!document) return refuseText(source, 'expected an object')
  return loadDocument(migratePaths(document), source, options)
}

function topOf(value: unknown): Table | undefined {
  if (value === null) return {}
  return isTable(value) && !Array.isArray(value) ? (value as Table) : undefined
}

function loadDocument(document: Table, source: Source, options: LoadOptions): LoadResult {
  const { registry, now = Date.now } = options
  const read = readDocument(document, { registry, style: 'name' })
  const errors = read.errors && lookAgain(document, read, registry)
  if (errors) return refuse(errors, document, problemsOf(errors, source, registry))
  const nodes = [...eachNode(read.nodes)]
  assignIds(nodes)
  const late = relate(nodes)
  if (late)
    return refuse(
      late.errors,
      withIds(document, read.nodes),
      late.located.map((found) => describe(found, source)),
    )
  for (const node of nodes) completeEntity(node, { now: now(), transform: read.transform })
  return accept(nodes, source.hash)
}

function relate(nodes: readonly EntityNode[]): { errors: ErrorTree; located: Located[] } | undefined {
  const errors = new ErrorTree()
  const located: Located[] = []
  const directory = buildDirectory(nodes, errors, located)
  resolveReferences(nodes, directory, errors, located)
  if (errors.isEmpty) checkUniqueFields(nodes, errors, located)
  return errors.isEmpty ? undefined : { errors, located }
}

const describe = ({ node, field, message }: Located, source: Source): Problem =>
  problemAt(source, node.raw[field] === undefined ? node.path : [...node.path, field], message)

function accept(nodes: readonly EntityNode[], hash: string): Loaded {
  const tables: { [C in CollectionName]?: Map<string, Collections[C]> } = {}
  for (const { schema, value } of nodes) {
    const name = schema.name as CollectionName
    tables[name] ??= new Map()
    const table: Map<string, unknown> = tables[name]
    table.set(String(value.id), value)
  }
  const flattened = Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, Object.fromEntries(table)]))
  return { ok: true, configuration: new Configuration(tables, hash), flattened, warnings: [] }
}

function refuse(errors: ErrorTree, document: Table, problems: readonly Problem[]): Refused {
  return { ok: false, problems, error: kongError(errors), flattenedError: flattenedKongError(errors, document) }
}

function refuseSyntax({ message, position, kongMessage }: YamlSyntaxError): Refused {
  return unreadable({ ...position, path: '', message }, kongMessage)
}

function refuseText(source: Source, message: string): Refused {
  return unreadable(problemAt(source, [], message), message)
}

function unreadable(problem: Problem, kongMessage: string): Refused {
  const tree = new ErrorTree()
  tree.set('error', `failed parsing declarative configuration: ${kongMessage}`)
  const error = kongError(tree)
  return { ok: false, problems: [problem], error, flattenedError: error }
}
