/**
 * Paths of routes and services. Texts here are latin1: one character for each byte of the UTF-8 that stands in the file
 * or on the wire.
 */

const UNRESERVED_OR_OTHER = /%([0-9a-f]{2})/gi
const RESERVED = new Set([..."!*'();:@&=+$,/?%#[]"])

/** The bytes of a text, one character each. */
export const toBytes = (text: string): string =>
  /[^\0-\x7f]/.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text

/** The text that bytes spell in UTF-8. */
export const fromBytes = (bytes: string): string =>
  /[^\0-\x7f]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes

/**
 * A path's normal form as Kong computes it: percent-encoding taken off all but reserved characters, dot segments
 * resolved, double slashes made one (kong/tools/uri.lua, RFC 3986 section 6.2.2).
 */
export function normalisePath(path: string): string {
  if (!/%|\.|\/\//.test(path)) return path
  const decoded = path.replace(UNRESERVED_OR_OTHER, (whole, hex: string) => {
    const char = String.fromCharCode(Number.parseInt(hex, 16))
    return RESERVED.has(char) ? whole.toUpperCase() : char
  })
  return resolveDots(decoded).replace(/\/{2,}/g, '/')
}

function resolveDots(path: string): string {
  const kept: string[] = []
  const segments = path.split('/')
  segments.forEach((segment, i) => {
    const last = i === segments.length - 1
    if (segment === '..') {
      if (kept.length > 1) kept.pop()
      if (last) kept.push('')
    } else if (segment === '.') {
      if (last) kept.push('')
    } else kept.push(segment)
  })
  return kept.join('/')
}

/** What is wrong with the percent-encoding of a path; nothing when all is well. */
export function checkPercentEncoding(path: string): string | undefined {
  const bad = /%(?![0-9a-f]{2}).{0,2}/is.exec(path)
  return bad ? `invalid url-encoded value: '${bad[0]}'` : undefined
}
