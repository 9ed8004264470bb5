/** Reading what others answer, of which nothing is sure. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A list as it is; a single thing, where lists of one are written so, as a list; nothing as an empty one. */
export const asList = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
