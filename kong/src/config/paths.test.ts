import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalisePath } from './paths.ts'

/**
 * The rule of kong/tools/uri.lua in its own steps: escapes of unreserved bytes are decoded, slashes merged, and only
 * then dot segments removed, one after the other (RFC 3986, section 5.2.4).
 */
function normalFormByRule(path: string): string {
  let left = path
    .replace(/%(?:2[DE]|3\d|[46][1-9A-F]|[57][0-9A]|5F|7E)/gi, (triplet) => decodeURIComponent(triplet))
    .replace(/%[0-9a-f]{2}/gi, (triplet) => triplet.toUpperCase())
    .replace(/\/+/g, '/')
  let done = ''
  while (left !== '') {
    if (left === '/.' || left.startsWith('/./')) left = `/${left.slice(3)}`
    else if (left === '/..' || left.startsWith('/../')) {
      left = `/${left.slice(4)}`
      done = done.slice(0, Math.max(done.lastIndexOf('/'), 0))
    } else {
      const end = left.indexOf('/', 1)
      const segment = end < 0 ? left : left.slice(0, end)
      done += segment
      left = left.slice(segment.length)
    }
  }
  return done
}

const segment = fc.constantFrom('', '', 'a', 'b.c', '.', '..', '...', '%2e', '%2E%2e', '.%2e', '%2f', '%41', '%3b', 'é')

describe('the normal form of a path', () => {
  it.each([
    ['/a//b//', '/a/b/'],
    ['/%6B%6f%6e%67', '/kong'],
    ['/a%2fb', '/a%2Fb'],
    ['/./.././../', '/'],
    ['/a/b/c/./../../g', '/a/g'],
    ['/%2E', '/'],
    ['/a/..', '/'],
    ['/a/.', '/a/'],
    ['/...', '/...'],
    ['/a%20b', '/a b'],
    ['/a%zz', '/a%zz'],
    ['/a/b//..', '/a/'],
    ['/a/b//../c', '/a/c'],
    ['/a//../b', '/b'],
    ['/a/.//..', '/'],
    ['//..//a', '/a'],
    // The path of `http://host?x/../a`, since the query is looked for after the first byte.
    ['?x/../a', '/a'],
    ['?x/..', '/'],
  ])('of %s is %s', (path, normal) => {
    expect(normalisePath(path)).toBe(normal)
  })

  it('merges slashes before it removes dot segments', () => {
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 12 }), (segments) => {
        const path = `/${segments.join('/')}`
        expect(normalisePath(path)).toBe(normalFormByRule(path))
      }),
      { numRuns: 2000 },
    )
  })

  it('never has a dot segment or two slashes together, and is its own normal form', () => {
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 12 }), (segments) => {
        const normal = normalisePath(`/${segments.join('/')}`)
        expect(normal).toMatch(/^\//)
        expect(normal).not.toContain('//')
        expect(normal.split('/')).not.toContain('..')
        expect(normal.split('/')).not.toContain('.')
        expect(normalisePath(normal)).toBe(normal)
      }),
    )
  })
})
