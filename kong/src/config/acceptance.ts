import { Configuration } from './configuration.ts'
import type { EntityNode, Path } from './document/entity-node.ts'
import type { Environment } from './document/env-template.ts'
import type { Source } from './document/source.ts'
import type { Registry } from './entities/entity-schema.ts'
import type { CollectionName, Collections } from './entities.ts'
import { doubtsAbout } from './lints/index.ts'
import { duplicatesIn, type Problem, problemAt } from './problems.ts'
import { resolveReferencesIn } from './schema/vault-references.ts'
import { createShows } from './shown-entities.ts'
import { createResolver, type SecretLookUp, type VaultOptions } from './vaults.ts'

/** A document that is taken. */
export interface Loaded {
  readonly ok: true
  readonly configuration: Configuration
  /** What the configuration is made of; plain data, so that it can be handed to another thread. */
  readonly parts: ConfigurationParts
  /** The body of Kong's 201: every entity by collection and id, as written. */
  readonly flattened: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Names that stand twice in one map. Kong takes the last one; worked out when asked for. */
  readonly duplicates: readonly Problem[]
  /** What is valid but hardly meant, and secrets that can't be found; worked out when asked for. */
  readonly warnings: readonly Problem[]
}

/** What a configuration depends on besides the document. */
interface Surroundings {
  readonly registry: Registry
  readonly vaultEnv?: Environment
  readonly vaultPrefix?: string
}

/** The data of a configuration. */
export interface ConfigurationParts {
  readonly tables: Tables
  /** Entities with secrets put in → the same as written. */
  readonly written: ReadonlyMap<object, object>
  readonly hash: string
}

/** Puts a configuration together. */
export const configurationOf = ({ tables, written, hash }: ConfigurationParts, registry: Registry): Configuration =>
  new Configuration(tables, hash, createShow(written, tables, registry))

type Tables = { [C in CollectionName]?: Map<string, Collections[C]> }

/** Makes a configuration of validated entities; secrets kept in vaults are looked up now. */
export function accept(
  nodes: readonly EntityNode[],
  source: Source,
  { registry, vaultEnv = process.env, vaultPrefix = '' }: Surroundings,
): Loaded {
  const lookUp = createResolver(vaultsAmong(nodes), vaultEnv, vaultPrefix)
  const { tables, flattened, written, missing } = fillTables(nodes, lookUp)
  const parts = { tables, written, hash: source.hash }
  let warnings: readonly Problem[] | undefined
  return {
    ok: true,
    configuration: configurationOf(parts, registry),
    parts,
    flattened,
    get duplicates() {
      return duplicatesIn(source)
    },
    get warnings() {
      warnings ??= [
        ...missing.map(({ path, reference }) =>
          problemAt(source, path, `${reference} can't be found; it counts as empty`),
        ),
        ...doubtsAbout(nodes).map(({ path, message }) => problemAt(source, path, message)),
      ]
      return warnings
    },
  }
}

interface Filled {
  readonly tables: Tables
  readonly flattened: Loaded['flattened']
  /** Entities with secrets put in → the same as written. */
  readonly written: Map<object, object>
  readonly missing: readonly { readonly path: Path; readonly reference: string }[]
}

function fillTables(nodes: readonly EntityNode[], lookUp: SecretLookUp): Filled {
  const tables: Tables = {}
  const flattened: Record<string, Record<string, unknown>> = {}
  const written = new Map<object, object>()
  const missing: { path: Path; reference: string }[] = []
  for (const { schema, fields, value, path } of nodes) {
    const entity = resolveReferencesIn(fields, value, (reference) => {
      const found = lookUp(reference)
      if (found === undefined) missing.push({ path, reference })
      return found ?? ''
    })
    if (entity !== value) written.set(entity, value)
    const name = schema.name as CollectionName
    const id = String(value.id)
    const table: Map<string, unknown> = tables[name] ?? new Map()
    Object.assign(tables, { [name]: table })
    table.set(id, entity)
    flattened[name] = Object.assign(flattened[name] ?? {}, { [id]: value })
  }
  return { tables, flattened, written, missing }
}

/** Lives as long as the configuration, and so holds on to nothing of the document. */
function createShow(written: ReadonlyMap<object, object>, tables: Tables, registry: Registry) {
  const shows = createShows(registry, tables.snis?.values() ?? [])
  return (collection: CollectionName, entity: object): object => {
    const asWritten = written.get(entity) ?? entity
    return shows[collection]?.(asWritten) ?? asWritten
  }
}

const vaultsAmong = (nodes: readonly EntityNode[]): VaultOptions[] =>
  nodes.filter(({ schema }) => schema.name === 'vaults').map(({ value }) => value as unknown as VaultOptions)
