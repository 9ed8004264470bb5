import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readSource } from '../config/document/source.ts'
import { renderText } from './render.ts'

const AWKWARD = [
  '123456',
  '1.10',
  '@x',
  'a/b',
  '#',
  'a #b',
  '$',
  '$1',
  ': ',
  'a: b',
  '"',
  "'",
  '`',
  '\\',
  '\\n',
  'a\nb',
  'a\r\nb',
  '\n',
  ' lead',
  'trail ',
  '\ttab',
  'yes',
  'No',
  'on',
  'y',
  '~',
  'null',
  '',
  '0x10',
  '0o17',
  '010',
  '1e3',
  '12:30:45',
  '.inf',
  '2001-01-01',
  '---',
  '...',
  '- a',
  '? a',
  '{a}',
  '[a]',
  '*a',
  '&a',
  '!a',
  '%a',
  '|',
  '>',
  '<<',
  '{{ x }}',
  `\${{ env "DECK_X" }}`,
  'grüße',
  '日本語',
  '😀',
  '\u2028',
  '\u0085',
  '\ufeff',
  '\u007f',
  '\u0001',
]

const PLACES: readonly [name: string, yaml: string, expected: (value: string) => unknown][] = [
  ['a plain value', `a: \${{ env "DECK_X" }} # why\n`, (v) => v],
  ['a value in double quotes', `a: "\${{ env "DECK_X" }}"\n`, (v) => v],
  ['a value in single quotes', `a: '\${{ env "DECK_X" }}'\n`, (v) => v],
  ['a list in brackets', `a: [1, \${{ env "DECK_X" }}, 2]\n`, (v) => [1, v, 2]],
  ['a part of a plain text', `a: http://\${{ env "DECK_X" }}:80/x\n`, (v) => `http://${v}:80/x`],
  ['a part of a quoted text', `a: "x \${{ env "DECK_X" }} \\t y"\n`, (v) => `x ${v} \t y`],
  ['a block', `a: |\n  \${{ env "DECK_X" | indent 2 }}\nb: 1\n`, (v) => `${v}\n`],
  ['a block without its last line break', `a: |-\n  \${{ env "DECK_X" }}\nb: 1\n`, (v) => v],
  ['a name', `\${{ env "DECK_X" }}x: 1\n`, () => 1],
]

const read = (text: string, env?: Record<string, string>): Record<string, unknown> =>
  readSource(text, 'any', env).value as Record<string, unknown>

describe('render', () => {
  it.each(PLACES)('writes any value so that every reader of YAML gets it back: %s', (_, yaml, expected) => {
    const check = (value: string): void => {
      const env = { DECK_X: value }
      const { rendered, faults } = renderText(yaml, env)
      expect(faults).toEqual([])
      const name = yaml.startsWith('a') ? 'a' : `${value}x`
      for (const readBack of [
        read(yaml, env),
        read(rendered),
        parse(rendered, { version: '1.1', merge: false }),
        parse(rendered, { version: '1.2' }),
      ]) {
        expect(readBack[name]).toEqual(expected(value))
      }
    }
    for (const value of AWKWARD) check(value)
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => value.isWellFormed() && value.length > 0),
        check,
      ),
      { numRuns: 200 },
    )
  })

  it('types a value as the file says, whatever it looks like', () => {
    const env = { DECK_I: '8080', DECK_F: '0.5', DECK_B: 'true' }
    const yaml = `i: \${{ env "DECK_I" | toInt }}\nf: \${{ env "DECK_F" | toFloat }}\nb: \${{ env "DECK_B" | toBool }}\ns: \${{ env "DECK_B" }}\n`
    expect(parse(renderText(yaml, env).rendered)).toEqual({ i: 8080, f: 0.5, b: true, s: 'true' })
  })

  it('leaves all else as it was', () => {
    const yaml = `# \${{ env "DECK_GONE" }} is only told of\na:   &anchor  [ \${{ env "DECK_X" }} ]   # a comment\n\nb: *anchor\n`
    expect(renderText(yaml, { DECK_X: 'x' }).rendered).toBe(
      `# \${{ env "DECK_GONE" }} is only told of\na:   &anchor  [ "x" ]   # a comment\n\nb: *anchor\n`,
    )
  })

  it('names every unset variable with its place', () => {
    const { faults } = renderText(`a: \${{ env "DECK_A" }}\nb:\n  - "x\${{ env "DECK_B" }}"\n`, {})
    expect(faults).toEqual([
      { path: ['a'], position: { line: 1, column: 4 }, message: "environment variable 'DECK_A' is not set" },
      { path: ['b', 0], position: { line: 3, column: 7 }, message: "environment variable 'DECK_B' is not set" },
    ])
  })

  it('takes only variables whose names start with DECK_, as decK does', () => {
    const { faults } = renderText(`a: \${{ env "HOME" }}\n`, { HOME: '/root' })
    expect(faults.map(({ message }) => message)).toEqual([
      "environment variable 'HOME' can't be used: its name must start with DECK_",
    ])
  })
})
