/**
 * Paths of routes and services. Texts here are latin1: one character for each byte of the UTF-8 that stands in the file
 * or on the wire.
 */

const ESCAPE = /%([0-9a-f]{2})/gi
const RESERVED = new Set([..."!*'();:@&=+$,/?%#[]"])

/** The bytes of a text, one character each. */
export const toBytes = (text: string): string =>
  /[^\0-\x7f]/.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text

/** The text that bytes spell in UTF-8. */
export const fromBytes = (bytes: string): string =>
  /[^\0-\x7f]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes

/**
 * The normal form of a path, as Kong computes it for the router and for the paths of routes: escapes of unreserved
 * bytes are decoded, slashes merged, and then dot segments removed, never above the root.
 * Source: Kong 3.9, kong/tools/uri.lua; RFC 3986, section 6.2.2.
 */
export function normalisePath(path: string): string {
  if (!/%|\/[./]/.test(path)) return path
  const decoded = path.replace(ESCAPE, (triplet, hex: string) => {
    const char = String.fromCharCode(Number.parseInt(hex, 16))
    return RESERVED.has(char) ? triplet.toUpperCase() : char
  })
  return /\/[./]/.test(decoded) ? resolveSegments(decoded) : decoded
}

/**
 * Merges slashes and removes dot segments in one pass: an empty segment is skipped, so `..` removes the segment before
 * it however many slashes stand between them.
 */
function resolveSegments(path: string): string {
  // What stands before the first slash: nothing, except in the target `http://host?x`, whose path is `?x` to Kong.
  const [first = '', ...segments] = path.split('/')
  const kept = [first]
  segments.forEach((segment, i) => {
    if (segment === '..') {
      if (kept.length > 1) kept.pop()
      else kept[0] = ''
    }
    const isLast = i === segments.length - 1
    if (segment === '' || segment === '.' || segment === '..') {
      if (isLast) kept.push('')
    } else kept.push(segment)
  })
  return kept.join('/')
}

/** What is wrong with the percent-encoding of a path; nothing when all is well. */
export function checkPercentEncoding(path: string): string | undefined {
  const bad = /%(?![0-9a-f]{2}).{0,2}/is.exec(path)
  return bad ? `invalid url-encoded value: '${bad[0]}'` : undefined
}
