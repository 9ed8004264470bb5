import { splitEntry } from './entry.ts'

const HEADER_NAME = /^[A-Za-z0-9_-]+$/

/** Kong's words for an entry that needs a value and has none. */
export function checkPair(text: string): string | undefined {
  const { name, value } = splitEntry(text)
  return value === '' ? `key '${name}' has no value` : undefined
}

/** The name of a header alone. */
export const checkHeaderName = (name: string): string | undefined =>
  HEADER_NAME.test(name) ? undefined : `'${name}' is not a valid header`

/** The same for `name:value` of a header. */
export function checkHeaderPair(text: string): string | undefined {
  const { name } = splitEntry(text)
  return HEADER_NAME.test(name) ? checkPair(text) : `'${name}' is not a valid header`
}

/** The same for `old:new` of headers. */
export function checkHeaderRename(text: string): string | undefined {
  const { name, value } = splitEntry(text)
  const wrong = [name, value].find((header) => header !== '' && !HEADER_NAME.test(header))
  return wrong === undefined ? checkPair(text) : `'${wrong}' is not a valid header`
}
