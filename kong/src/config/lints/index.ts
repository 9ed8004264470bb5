import type { EntityNode, Path } from '../document/entity-node.ts'
import type { Fields } from '../schema/field.ts'
import { isTable, type Table } from '../schema/lua-table.ts'
import { isVaultReference } from '../schema/vault-references.ts'
import { type Doubt, type Lint, Whole } from './lint.ts'
import { otherLints } from './other-lints.ts'
import { pluginLints } from './plugin-lints.ts'
import { routeLints } from './route-lints.ts'
import { sharedCacheLint } from './shared-cache-lint.ts'

/** Everything that is looked for, collection by collection. */
export const allLints: readonly Lint[] = [...otherLints, ...routeLints, ...pluginLints, sharedCacheLint]

/** What is looked for in every field of every entity. */
export const LITERAL_REFERENCE =
  'a `{vault://…}` reference in a field where Kong looks nothing up, and takes the text as it stands'

/** A doubt, and where it stands. */
interface Found {
  readonly path: Path
  readonly message: string
}

/**
 * What is valid in a document but hardly meant, in the order of the document. Never throws: a lint that fails is
 * reported by name and not run again, and the load goes on.
 */
export function doubtsAbout(nodes: readonly EntityNode[], lints = allLints): Found[] {
  const whole = new Whole(nodes)
  const failed = new Set<string>()
  const run = (about: string, { path }: EntityNode, look: () => readonly Found[]): readonly Found[] => {
    if (failed.has(about)) return []
    try {
      return look()
    } catch (error) {
      failed.add(about)
      return [{ path, message: `the lint "${about}" failed, a defect of the gateway and not of this file: ${error}` }]
    }
  }
  const byCollection = Map.groupBy(lints, ({ on }): string => on)
  return nodes.flatMap((node) => {
    const found = (byCollection.get(node.schema.name) ?? []).flatMap(({ about, find }) =>
      run(about, node, () => locate(find(node.value as never, node, whole), node)),
    )
    return [...found, ...run(LITERAL_REFERENCE, node, () => literalReferences(node.fields, node.raw, node.path))]
  })
}

function locate(doubt: Doubt | undefined, { raw, path }: EntityNode): Found[] {
  if (!doubt) return []
  const { field, message } = doubt
  return [{ path: field !== undefined && raw[field] !== undefined ? [...path, field] : path, message }]
}

function literalReferences(fields: Fields, value: Table, path: Path): Found[] {
  return Object.entries(value).flatMap(([name, member]) => {
    const field = fields[name]
    if (!field || field.referenceable) return []
    const at = [...path, name]
    if (isVaultReference(member))
      return [{ path: at, message: `'${member}' is not looked up here: Kong takes it as it stands` }]
    return field.fields && isTable(member) && !Array.isArray(member)
      ? literalReferences(field.fields, member as Table, at)
      : []
  })
}
