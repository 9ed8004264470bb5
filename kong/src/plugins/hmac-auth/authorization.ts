/** What an `hmac` Authorization header says. */
export interface HmacAuthorization {
  readonly username: string
  readonly algorithm: string
  /** The names that were signed, in order. */
  readonly headers: readonly string[]
  /** Base64. */
  readonly signature: string
}

const START = /[Hh]mac\s*username="/g

/**
 * Reads what Kong's expression finds: the last place where each part can begin, whatever stands in the parts before.
 * Looked for from the end, since that expression itself could be made to try every combination.
 */
export function readAuthorization(value = ''): HmacAuthorization | undefined {
  const end = value.lastIndexOf('"')
  const signature = lastPart(value, /",\s*signature="/g, end)
  const headers = signature && lastPart(value, /",\s*headers="/g, signature.start)
  const algorithm = headers && lastPart(value, /",\s*algorithm="/g, headers.start)
  const username =
    algorithm && value.matchAll(START).find(({ 0: text, index }) => index + text.length < algorithm.start)
  if (!username) return undefined
  return {
    username: value.slice(username.index + username[0].length, algorithm.start),
    algorithm: algorithm.text,
    headers: headers.text.split(' '),
    signature: signature.text,
  }
}

interface Part {
  /** Where the separator before the part begins. */
  readonly start: number
  readonly text: string
}

/** The last part of a kind that ends before `end` and is not empty. */
function lastPart(value: string, separator: RegExp, end: number): Part | undefined {
  const found = [...value.matchAll(separator)].findLast(({ 0: text, index }) => index + text.length < end)
  return found && { start: found.index, text: value.slice(found.index + found[0].length, end) }
}
