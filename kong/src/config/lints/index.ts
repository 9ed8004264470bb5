import type { EntityNode, Path } from '../document/entity-node.ts'
import type { Fields } from '../schema/field.ts'
import { isTable, type Table } from '../schema/lua-table.ts'
import { isVaultReference } from '../schema/vault-references.ts'
import { type Lint, Whole } from './lint.ts'
import { otherLints } from './other-lints.ts'
import { pluginLints } from './plugin-lints.ts'
import { routeLints } from './route-lints.ts'

/** Everything that is looked for, collection by collection. */
export const lints: readonly Lint[] = [...otherLints, ...routeLints, ...pluginLints]

/** What is looked for in every field of every entity. */
export const LITERAL_REFERENCE =
  'a `{vault://…}` reference in a field where Kong looks nothing up, and takes the text as it stands'

/** A doubt, and where it stands. */
interface Found {
  readonly path: Path
  readonly message: string
}

/** What is valid in a document but hardly meant. */
export function doubtsAbout(nodes: readonly EntityNode[]): Found[] {
  const whole = new Whole(nodes)
  return nodes.flatMap((node) => [...doubtsOf(node, whole), ...literalReferences(node.fields, node.raw, node.path)])
}

function doubtsOf(node: EntityNode, whole: Whole): Found[] {
  return lints
    .filter(({ on }) => on === node.schema.name)
    .flatMap(({ find }) => {
      const found = find(node.value as never, node, whole)
      if (!found) return []
      const { field, message } = found
      const isGiven = field !== undefined && node.raw[field] !== undefined
      return [{ path: isGiven ? [...node.path, field] : node.path, message }]
    })
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
