/** Where a value stands in a document: names and list indexes. */
export type Place = readonly (string | number)[]

/** The place of every value in a document but the document itself, outermost first. */
export function placesOf(value: unknown, place: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return place.length > 0 ? [place] : []
  const members = Array.isArray(value) ? value.map((item, i): [number, unknown] => [i, item]) : Object.entries(value)
  return [...(place.length > 0 ? [place] : []), ...members.flatMap(([step, item]) => placesOf(item, [...place, step]))]
}

/** The value at a place, which must exist. */
export const valueAt = (document: unknown, place: Place): unknown =>
  place.reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], document)

/** Replaces the value at a place. */
export function put(document: object, place: Place, value: unknown): void {
  const parent = valueAt(document, place.slice(0, -1)) as object
  Object.defineProperty(parent, place.at(-1) ?? '', { value, enumerable: true, writable: true, configurable: true })
}
