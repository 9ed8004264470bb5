import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalisePath } from './normalised-path.ts'

describe('normalising a path', () => {
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
  ])('makes %s into %s', (path, normalised) => {
    expect(normalisePath(path)).toBe(normalised)
  })

  it('never leaves a dot segment or two slashes together', () => {
    const segment = fc.constantFrom('a', '.', '..', '', '%2e', '%2E%2e', 'b.c', '%2f', '%41')
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 12 }), (segments) => {
        const normalised = normalisePath(`/${segments.join('/')}`)
        expect(normalised).toMatch(/^\//)
        expect(normalised).not.toContain('//')
        expect(normalised.split('/')).not.toContain('..')
        expect(normalised.split('/')).not.toContain('.')
      }),
    )
  })
})
