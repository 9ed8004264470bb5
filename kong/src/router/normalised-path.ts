/**
 * Kong's normalisation of a path: escapes of unreserved bytes are decoded, dot segments removed, slashes merged.
 * Never above the root. Texts are latin1. Source: Kong 3.9, kong/tools/uri.lua; RFC 3986 section 6.2.2.
 */
export function normalisePath(path: string): string {
  if (!/%|\.|\/\//.test(path)) return path
  return mergeSlashes(removeDotSegments(decodeUnreserved(path)))
}

const RESERVED = new Set("!*'();:@&=+$,/?%#[]")

function decodeUnreserved(path: string): string {
  return path.replace(/%([0-9A-Fa-f]{2})/g, (whole, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16))
    return RESERVED.has(character) ? whole.toUpperCase() : character
  })
}

function removeDotSegments(path: string): string {
  if (!path.includes('/.')) return path
  const kept: string[] = []
  const segments = path.split('/')
  const last = segments.length - 1
  for (const [i, segment] of segments.entries()) {
    if (segment !== '.' && segment !== '..') {
      kept.push(segment)
      continue
    }
    // A `..` takes the segment before it, and what follows a final dot segment is an empty one.
    if (segment === '..' && kept.length > 1) kept.pop()
    if (i === last) kept.push('')
  }
  return kept.join('/')
}

const mergeSlashes = (path: string): string => path.replace(/\/{2,}/g, '/')
