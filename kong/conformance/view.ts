/** What a step asks of a JSON body: only some members, all but those named, only the types in it, its lists as sets. */
import { compareTexts, entriesInOrder, isObject, type Json, parseJson } from './json.ts'
import type { Step } from './vector.ts'
import { UUID } from './volatile.ts'

export function viewBody(body: string, step: Step, ports: Record<string, number>): string {
  if (!step.pick && !step.shape && !step.sets && !step.drop && !step.schema) return body
  let value = parseJson(body)
  if (value === undefined) return body
  if (step.pick) value = pick(value, step.pick)
  if (step.schema) value = settle(value)
  if (step.drop) value = dropMembers(value, step.drop)
  if (step.shape) value = shapeOf(value)
  if (step.sets) value = asSets(value, (element) => sortingKey(element, ports))
  return JSON.stringify(value)
}

function pick(value: Json, paths: string[]): Json {
  const picked: { [key: string]: Json } = {}
  for (const path of paths) {
    let at: Json | undefined = value
    for (const key of path.split('.'))
      at = at !== undefined && typeof at === 'object' && at !== null ? (at as { [key: string]: Json })[key] : undefined
    if (at !== undefined) picked[path] = at
  }
  return picked
}

function mapMembers(
  value: Json,
  members: (entries: [string, Json][]) => [string, Json][],
  self: (value: Json) => Json,
): Json {
  if (Array.isArray(value)) return value.map(self)
  return isObject(value) ? Object.fromEntries(members(Object.entries(value))) : value
}

const dropMembers = (value: Json, names: string[]): Json =>
  mapMembers(
    value,
    (entries) =>
      entries.filter(([name]) => !names.includes(name)).map(([name, member]) => [name, dropMembers(member, names)]),
    (element) => dropMembers(element, names),
  )

/** A schema that Kong has used once tells of len_min 1, and of required in its elements, where a fresh one does not. */
function settle(value: Json, name?: string): Json {
  const inElements = name !== undefined && ['elements', 'keys', 'values'].includes(name)
  const unsettled = ([key, member]: [string, Json]) =>
    key === 'description' ||
    (key === 'len_min' && member === 1) ||
    (key === 'required' && member === true && inElements)
  return mapMembers(
    value,
    (entries) => entries.filter((entry) => !unsettled(entry)).map(([key, member]) => [key, settle(member, key)]),
    (element) => settle(element),
  )
}

function shapeOf(value: Json): Json {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf)
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]))
  return value === null ? 'null' : typeof value
}

function asSets(value: Json, key: (element: Json) => string): Json {
  if (Array.isArray(value))
    return value.map((element) => asSets(element, key)).sort((a, b) => compareTexts(key(a), key(b)))
  if (!isObject(value)) return value
  return Object.fromEntries(entriesInOrder(value).map(([name, member]) => [name, asSets(member, key)]))
}

/** Elements are ordered by what does not differ from run to run. */
function sortingKey(element: Json, ports: Record<string, number>): string {
  let text = JSON.stringify(element)
  for (const [name, port] of Object.entries(ports)) text = text.replace(new RegExp(`\\b${port}\\b`, 'g'), name)
  // The port names themselves go in before the ids come out, as when the answers were recorded.
  return text.replace(UUID, '').replace(/("(?:created|updated)_at":)[\d.]+/g, '$1')
}
