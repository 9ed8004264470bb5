import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchLinearly } from './rust-regex/automaton.ts'
import { parseRustRegex } from './rust-regex/parser.ts'
import { toSource } from './rust-regex/syntax-tree.ts'
import { compileRustRegex, type RustRegex } from './rust-regex.ts'

function compile(pattern: string): RustRegex {
  const compiled = compileRustRegex(pattern)
  if (!compiled.ok) throw new Error(compiled.reason)
  return compiled.regex
}

const reasonOf = (pattern: string) => {
  const compiled = compileRustRegex(pattern)
  return compiled.ok ? undefined : compiled.reason.split('\n').at(-1)
}

describe('a regular expression of the Rust crate', () => {
  it.each([
    ['^/orders/(?<id>\\d+)$', '/orders/12', ['/orders/12', '12']],
    ['^/orders/(?P<id>\\d+)(/(?P<sub>\\w+))?$', '/orders/12', ['/orders/12', '12', undefined, undefined]],
    ['^/cart|/basket', '/x/basket/1', ['/basket']],
    ['^/(?i:carts)/\\d+', '/CaRtS/7', ['/CaRtS/7']],
    ['(?i)^/a', '/A', ['/A']],
    ['^/a++b', '/aaab', ['/aaab']],
    ['^/[a-z&&[^b]]+', '/acb', ['/ac']],
    ['^/[[:alpha:]_]+$', '/a_b', ['/a_b']],
    ['^/\\p{Greek}+', '/αβγ', ['/αβγ']],
    ['^/.$', '/\r', ['/\r']],
    ['^/x{2,3}?', '/xxx', ['/xx']],
    ['^/(a|ab)(c|bcd)', '/abcd', ['/abcd', 'a', 'bcd']],
    ['\\Aab\\z', 'ab', ['ab']],
    ['^/\\x41\\u0042\\u{43}', '/ABC', ['/ABC']],
    ['^/]}', '/]}', ['/]}']],
  ])('%s matches %j as Rust does', (pattern, text, groups) => {
    const match = compile(pattern).exec(text)
    expect(match && [...match.texts]).toEqual(groups)
  })

  it.each([
    ['^/.$', '/\n'],
    ['^/a$', '/a\n'],
    ['^/\\w$', '/-'],
    ['\\bfoo\\b', 'xfoo'],
  ])('%s does not match %j', (pattern, text) => {
    expect(compile(pattern).test(text)).toBe(false)
  })

  it.each([
    ['^/a(?!b)', 'error: look-around, including look-ahead and look-behind, is not supported'],
    ['^/(a)\\1', 'error: backreferences are not supported'],
    ['^/a(', 'error: unclosed group'],
    ['^/a)', 'error: unopened group'],
    ['^/(?>a)b', 'error: unrecognized flag'],
    ['*', 'error: repetition operator missing expression'],
    ['[a', 'error: unclosed character class'],
    ['a{3,2}', 'error: invalid repetition count range, the start must be <= the end'],
    ['(?<a>x)(?<a>y)', 'error: duplicate capture group name'],
    ['\\y', 'error: unrecognized escape sequence'],
    ['\\', 'error: incomplete escape sequence, reached end of pattern prematurely'],
  ])('refuses %s in its words', (pattern, reason) => {
    expect(reasonOf(pattern)).toBe(reason)
  })

  it('points at the place', () => {
    const compiled = compileRustRegex('^/a(?!b)')
    expect(compiled).toEqual({ ok: false, reason: expect.stringContaining('\n    ^/a(?!b)\n       ^^^\n') })
  })

  it('tells the text that a match has to start with', () => {
    expect(compile('^/v1/orders/(\\d+)').literalPrefix).toBe('/v1/orders/')
    expect(compile('^/ab?').literalPrefix).toBe('/a')
    expect(compile('^/a|/b').literalPrefix).toBe('')
  })

  it.each(['^(a+)+$', '^/a.*/b.*/c.*/d$', '^(a|aa)+$', '^(?:a?){60}a{60}$', '.*.*.*=x'])(
    '%s takes linear time',
    (pattern) => {
      const regex = compile(pattern)
      const started = performance.now()
      regex.test(`/${'a/b/c'.repeat(1600)}!`)
      regex.test(`${'a'.repeat(8000)}!`)
      expect(performance.now() - started).toBeLessThan(2000)
    },
  )

  it('is refused, not compiled without end, when it is a bomb', () => {
    expect(reasonOf('((a{100}){100}){100}')).toContain('Compiled regex exceeds size limit')
  })

  it('answers for any text that is no pattern too', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (pattern) => typeof compileRustRegex(pattern).ok === 'boolean'),
    )
  })

  it('is matched by the automaton as by JavaScript', () => {
    const atom = fc.constantFrom('a', 'b', '[ab]', '.', '(a)', '(?:ab|b)', '(a|b)')
    const repeat = fc.constantFrom('', '*', '+', '?', '*?', '+?', '{1,2}')
    const part = fc.tuple(atom, repeat).map(([one, many]) => one + many)
    const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''))
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 })
    fc.assert(
      fc.property(pattern, text, (source, input) => {
        const tree = parseRustRegex(source)
        const native = new RegExp(toSource(tree), 'v').exec(input)
        const found = matchLinearly(tree)(input)
        expect(found?.index).toBe(native?.index)
        expect(found?.texts[0]).toBe(native?.[0])
      }),
      { numRuns: 1000 },
    )
  })
})
