/** Values of a form, which are all texts, read as their fields want them. Source: Kong 3.9, kong/api/arguments.lua. */
import type { Field, Fields } from '../config/schema/field.ts'
import { isTable, type Table } from '../config/schema/lua-table.ts'

export function inferFields(values: Table, fields: Fields): Table {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, infer(value, fields[name] ?? { type: 'any' })]),
  )
}

function infer(value: unknown, field: Field): unknown {
  if (value === '') return null
  switch (field.type) {
    case 'number':
    case 'integer':
      return typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value)) ? Number(value) : value
    case 'boolean':
      return value === 'true' ? true : value === 'false' ? false : value
    case 'array':
    case 'set':
      return (Array.isArray(value) ? value : [value]).map((item) => infer(item, field.elements ?? { type: 'any' }))
    case 'map':
      return isTable(value) && !Array.isArray(value) ? inferMap(value as Table, field) : value
    case 'record':
      return isTable(value) && !Array.isArray(value) ? inferFields(value as Table, field.fields ?? {}) : value
    default:
      return value
  }
}

const inferMap = (value: Table, { values }: Field): Table =>
  Object.fromEntries(Object.entries(value).map(([name, member]) => [name, infer(member, values ?? { type: 'any' })]))
