/** Schemas in the form in which Kong's Admin API shows them: lists of objects with one member each. */
import type { EntityCheck, Field, Fields, Shorthand } from '../config/schema/field.ts'

type Shown = Record<string, unknown>

export interface ShownShape {
  readonly fields: Fields
  readonly entity_checks?: readonly EntityCheck[]
}

/** A schema without entity checks has an empty list of them. */
export const describeShape = ({ fields, entity_checks = [] }: ShownShape): Shown => ({
  fields: describeFields(fields),
  entity_checks: entity_checks.map(describeCheck),
})

const describeFields = (fields: Fields): Shown[] =>
  Object.entries(fields).map(([name, field]) => ({ [name]: describeField(field) }))

export function describeField(field: Partial<Field>): Shown {
  const shown: Shown = {}
  for (const [name, value] of Object.entries(field)) {
    if (value === undefined || typeof value === 'function') continue
    shown[name] = describeMember(name, value)
  }
  return shown
}

function describeMember(name: string, value: unknown): unknown {
  switch (name) {
    case 'fields':
      return describeFields(value as Fields)
    case 'elements':
    case 'keys':
    case 'values':
      return describeField(value as Field)
    case 'entity_checks':
      return (value as readonly EntityCheck[]).map(describeCheck)
    case 'shorthand_fields':
      return (value as readonly Shorthand[]).map(describeShorthand)
    default:
      return withLuaPatterns(value)
  }
}

const describeShorthand = ({ name, field, deprecation }: Shorthand): Shown => ({
  [name]: {
    ...describeField(field),
    ...(deprecation && {
      deprecation: {
        message: deprecation.message,
        replaced_with: deprecation.replaced_with.map((path) => ({ path })),
        removal_in_version: '4.0',
      },
    }),
  },
})

function describeCheck(check: EntityCheck): Shown {
  if ('custom_entity_check' in check) {
    const { check: _, ...rest } = check.custom_entity_check
    return { custom_entity_check: rest }
  }
  if ('conditional' in check) {
    const { if_match, then_match, ...rest } = check.conditional
    return { conditional: { ...rest, if_match: describeField(if_match), then_match: describeField(then_match) } }
  }
  return withLuaPatterns(check) as Shown
}

function withLuaPatterns(value: unknown): unknown {
  if (value instanceof RegExp) return toLuaPattern(value)
  if (Array.isArray(value)) return value.map(withLuaPatterns)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withLuaPatterns(member)]))
}

/** What can't be turned letter by letter. */
const SPECIAL: Readonly<Record<string, string>> = {
  // Kong's own slip: two small n.
  '^Content-Length$': '^[Cc][Oo][Nn][Tt][Ee][Nn][Tt]%-[Ll][Ee][nn][Gg][Tt][Hh]$',
  '^[A-Z]+$': '^%u+$',
  '^[^*&%\\\\`]+$': '^[^*&%%\\`]+$',
  '^[a-zA-Z_-][a-zA-Z\\d_-]*$': '^[%a_-][%a%d_-]*$',
}

/** Simple regular expressions as Lua writes them; decK only shows them. */
export function toLuaPattern({ source, ignoreCase }: RegExp): string {
  const special = SPECIAL[source]
  if (special !== undefined) return special
  const plain = source.replace(/\\([/dwsDWS.*+?^$()[\]-])/g, (_, escaped: string) =>
    escaped === '/' ? '/' : `%${escaped}`,
  )
  if (!ignoreCase) return plain
  const anyCase = (letter: string) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`
  return plain.replaceAll('-', '%-').replace(/[A-Za-z]/g, anyCase)
}
