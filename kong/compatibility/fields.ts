import type { Field, Fields, Shorthand } from '../src/config/schema/field.ts'
import { code, type Row, table } from './markdown.ts'

/** The fields of an entity or of a plugin's configuration as a table, nested ones with dotted names. */
export function fieldTable(fields: Fields, shorthands: readonly Shorthand[] = []): string {
  const rows = [...rowsOf(fields, ''), ...shorthands.map(shorthandRow)]
  return table([['field', 'value', 'default'], ...rows])
}

const rowsOf = (fields: Fields, prefix: string): Row[] =>
  Object.entries(fields).flatMap(([name, field]) => {
    const path = `${prefix}${name}`
    if (field.type !== 'record' || !field.fields) return [[code(path), describe(field), presetOf(field)]]
    const below = rowsOf(field.fields, `${path}.`)
    return below.length > 0 ? below : [[code(path), `as ${code('name')} wants it`, '']]
  })

function shorthandRow({ name, field, deprecation }: Shorthand): Row {
  const instead = deprecation?.replaced_with.map((path) => code(path.join('.'))).join(', ')
  return [code(name), describe(field), instead === undefined ? 'stands for other fields' : `now ${instead}`]
}

function presetOf({ default: preset, required, auto }: Field): string {
  if (preset !== undefined && preset !== null) return code(JSON.stringify(preset))
  if (auto) return 'made if absent'
  return required ? '**required**' : ''
}

function describe(field: Field): string {
  return [typeOf(field), ...limitsOf(field), ...(field.referenceable ? ['`{vault://…}` allowed'] : [])].join(', ')
}

function typeOf({ type, elements, values, reference }: Field): string {
  if (type === 'array' && elements) return `list of ${plural(elements)}`
  if (type === 'set' && elements) return `set of ${plural(elements)}`
  if (type === 'map' && values) return `map to ${plural(values)}`
  if (type === 'foreign') return `one of the ${code(String(reference))}`
  return type === 'any' ? 'anything' : type
}

const plural = (field: Field): string => {
  const limits = limitsOf(field)
  if (field.type === 'record') return `{ ${Object.keys(field.fields ?? {}).join(', ')} }`
  const type = field.type === 'array' ? `lists of ${field.elements?.type ?? 'any'}s` : `${field.type}s`
  return limits.length === 0 ? type : `${type} (${limits.join(', ')})`
}

function limitsOf({ one_of, not_one_of, between, gt, starts_with, uuid, eq, unique }: Field): string[] {
  return [
    ...(one_of ? [one_of.map((each) => code(String(each))).join(' ')] : []),
    ...(not_one_of ? [`not ${not_one_of.map((each) => code(String(each))).join(' ')}`] : []),
    ...(between ? [`${between[0]} to ${between[1]}`] : []),
    ...(gt === undefined ? [] : [`above ${gt}`]),
    ...(starts_with === undefined ? [] : [`starts with ${code(starts_with)}`]),
    ...(uuid ? ['UUID'] : []),
    ...(eq === null ? ['must be null'] : []),
    ...(unique ? ['unique'] : []),
  ]
}
