/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

export const isObject = (value: Json): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Objects with their members in alphabetical order, at every depth. */
export function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (!isObject(value)) return value
  return Object.fromEntries(entriesInOrder(value).map(([key, member]) => [key, sortKeys(member)]))
}

export const entriesInOrder = (value: { [key: string]: Json }): [string, Json][] =>
  Object.keys(value)
    .sort()
    .map((key) => [key, value[key] as Json])

export const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Parses, or answers undefined for what is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
