import { ENTITY, type ErrorNode, ErrorTree } from '../config/schema/error-tree.ts'
import { type AdminAnswer, failure } from './answer.ts'

/** Kong's answer to an entity that breaks its schema: every field with its words, the entity's own first. */
export function schemaViolation(errors: ErrorTree): AdminAnswer {
  const told = [...describe(errors, '')]
  const count = told.length === 1 ? 'schema violation' : `${told.length} schema violations`
  return failure(400, 2, 'schema violation', `${count} (${told.join('; ')})`, { fields: errors })
}

function* describe(node: ErrorNode, path: string): Generator<string> {
  if (!(node instanceof ErrorTree)) {
    for (const text of [node].flat()) yield path === '' ? text : `${path}: ${text}`
    return
  }
  const entries = [...node].sort(([a], [b]) => rank(a) - rank(b) || (String(a) < String(b) ? -1 : 1))
  for (const [key, below] of entries)
    yield* describe(below, key === ENTITY ? path : path === '' ? String(key) : `${path}.${key}`)
}

const rank = (key: string | number): number => (key === ENTITY ? 0 : 1)
