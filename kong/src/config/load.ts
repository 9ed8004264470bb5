import { accept, type Loaded } from './acceptance.ts'
import { completeEntity } from './document/complete.ts'
import { type EntityNode, eachNode } from './document/entity-node.ts'
import type { Environment } from './document/env-template.ts'
import { assignIds } from './document/ids.ts'
import { migratePaths } from './document/migrate-paths.ts'
import { readDocument } from './document/read-entities.ts'
import { buildDirectory, checkUniqueFields, type Located, resolveReferences } from './document/references.ts'
import { lookAgain, withIds } from './document/second-look.ts'
import { type Format, readSource, type Source, sourceOf } from './document/source.ts'
import { YamlSyntaxError } from './document/yaml-text.ts'
import type { Registry } from './entities/entity-schema.ts'
import { duplicatesIn, type Problem, problemAt, problemsOf } from './problems.ts'
import { type Refused, refuse, refuseDefect, refuseFaults, refuseSyntax, refuseText } from './refusal.ts'
import { ErrorTree } from './schema/error-tree.ts'
import { isTable, type Table } from './schema/lua-table.ts'
import { findUnsupported, treeOf } from './unsupported.ts'
import { findFilesOutside } from './written-files.ts'

export type { Loaded } from './acceptance.ts'
export type { Environment } from './document/env-template.ts'
export type { Problem } from './problems.ts'
export type { Refused } from './refusal.ts'

export interface LoadOptions {
  /** The plugins that a configuration may use. */
  readonly registry: Registry
  /** For `${{ env "DECK_…" }}`; without it such text is left as it stands, as Kong leaves it. */
  readonly env?: Environment
  /** For `{vault://env/…}`; the process's own unless given. */
  readonly vaultEnv?: Environment
  /** Kong's `vault_env_prefix`: what stands before the names in `{vault://env/…}`. */
  readonly vaultPrefix?: string
  /** The folder that plugins may write files in, absolute; undefined is anywhere. */
  readonly pluginFilesDir?: string | undefined
  readonly format?: Format
  /** Milliseconds since the epoch. */
  readonly now?: () => number
}

export type LoadResult = Loaded | Refused

/**
 * Reads a kong.yml (YAML or JSON text, or a document already parsed) into a configuration, as Kong 3.9 does. Never
 * throws: what fails in an unforeseen way is refused.
 */
export function loadConfiguration(text: string | object, options: LoadOptions): LoadResult {
  try {
    const source = typeof text === 'string' ? readSource(text, options.format ?? 'any', options.env) : sourceOf(text)
    const result = loadSource(source, options)
    return result.ok ? result : { ...result, duplicates: duplicatesIn(source) }
  } catch (error) {
    if (error instanceof YamlSyntaxError) return refuseSyntax(error)
    if (error instanceof RangeError && /call stack/.test(error.message))
      return refuseText({ line: undefined, column: undefined, path: '', message: 'nested too deeply' })
    return refuseDefect(error)
  }
}

function loadSource(source: Source, options: LoadOptions): LoadResult {
  if (source.faults.length > 0) return refuseFaults(source.faults)
  const document = topOf(source.value)
  if (!document) return refuseText(problemAt(source, [], 'expected an object'))
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
  const late = relate(nodes, options)
  if (late) {
    const problems = late.located.map((found) => describe(found, source))
    return refuse(late.errors, withIds(document, read.nodes), problems)
  }
  for (const node of nodes) completeEntity(node, { now: now(), transform: read.transform })
  return accept(nodes, source, options)
}

/** Connects entities with each other; answers what is wrong where that fails. */
function relate(
  nodes: readonly EntityNode[],
  options: LoadOptions,
): { errors: ErrorTree; located: Located[] } | undefined {
  const errors = new ErrorTree()
  const located: Located[] = []
  const directory = buildDirectory(nodes, errors, located)
  resolveReferences(nodes, directory, errors, located)
  if (errors.isEmpty) checkUniqueFields(nodes, errors, located)
  if (!errors.isEmpty) return { errors, located }
  const refused = [...findUnsupported(nodes), ...findFilesOutside(nodes, options)]
  return refused.length === 0 ? undefined : { errors: treeOf(refused), located: refused }
}

function describe({ node, record, field, message, told = message }: Located, source: Source): Problem {
  if (record !== undefined) return problemAt(source, [...node.path, record, field], told)
  return problemAt(source, node.raw[field] === undefined ? node.path : [...node.path, field], told)
}
