import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fuzz, fuzzTimeout } from '../../../proxy/testing/fuzzing.ts'
import { mutatedConfigurations } from '../../testing/mutated-configurations.ts'
import { type Place, placesOf } from '../../testing/places.ts'
import { YamlText } from '../yaml-text.ts'
import { PlainYaml } from './plain-yaml.ts'

/** What the full parser says of a text that the plain one has read. */
function expectAgreement(text: string): void {
  const plain = PlainYaml.read(text)
  if (!plain) return
  const full = new YamlText(text)
  expect(plain.value, text).toStrictEqual(full.read())
  const lines = text.split('\n').map((line) => line.length + 1)
  const offsetOf = ({ line, column }: { line: number; column: number }) =>
    lines.slice(0, line - 1).reduce((sum, length) => sum + length, column - 1)
  const places: Place[] = [[], ['nothing'], ...placesOf(plain.value)]
  for (const part of ['key', 'value'] as const) {
    for (const place of places)
      expect(plain.locate(place, part), `${part} ${place.join('/')} of ${text}`).toBe(
        offsetOf(full.locate(place, part)),
      )
  }
}

/** Each with whether the plain reader takes it. */
const TEXTS: readonly (readonly [isPlain: boolean, text: string])[] = [
  [true, 'a: 1\nb: [x, "y", \'z\'] # why\nc: { d: e, "f": ~, g: [] }\n'],
  [true, '# first\n---\na:\n- b\n-   c: 1\n    d:\n    - - e\n      - f\n\ng: h # i\n'],
  [true, 'a: http://b.test:80/c#d\nb: ["http://x.test", a:b, -1, c d ]\n'],
  [true, 'a: "\\u00e9\\n"\nb: \'it\'\'s\'\n"c d": e\n'],
  [true, 'key: |\n  -----BEGIN\n  abc\n\n  -----END\nstrip: |-\n  x\n   y\nnothing: |\nend: 1\n'],
  [true, 'a:\nb: null\nc:\n  # nothing but this\nd: { }\n'],
  [true, '{"a": [1,\n  2], "b":{"c":\n"d"}}'],
  [true, 'a: 1\na: 2\nb: { c: 1, c: 2 }\n'],
  [false, 'a: &x 1\nb: *x\n'],
  [false, 'a: b\n  c\n'],
  [false, 'a: b: c\n'],
  [false, 'a: 1\n b: 2\n'],
  [false, 'a: 1\n---\nb: 1\n'],
  [false, 'a: [b\nc]\n'],
  [false, 'a: >\n  b\n'],
  [false, 'a: !!str 1\n'],
  [false, 'a:\t1\n'],
  [false, '? a\n: b\n'],
  [false, 'a: "b\n'],
  [false, 'a: "b" c\n'],
  [false, 'a: [b, , c]\n'],
  [false, 'a: {b}\n'],
  [false, 'a: [b: c]\n'],
  [false, '<<: 1\n'],
  [false, '__proto__: 1\n'],
  [false, 'a\n'],
  [false, ''],
]

describe('the plain reader', () => {
  it.each(TEXTS)('agrees with the full parser, or leaves the text to it: %j, %j', (isPlain, text) => {
    expect(PlainYaml.read(text) !== undefined).toBe(isPlain)
    expectAgreement(text)
  })

  it(
    'agrees with the full parser about every mutated configuration that it takes',
    () => {
      const agree = async (text: string) => expectAgreement(text)
      return fuzz('texts for two parsers', mutatedConfigurations(), agree)
    },
    fuzzTimeout,
  )

  it.each(['a: [b c]\n', 'a: b c\n', 'a: b c \n', 'a: [b c , d]\n', '{ "a": b c }\n'])(
    'takes time in proportion to the length of what it reads: %j with long gaps',
    (text) => expectAgreement(text.replaceAll(' ', ' '.repeat(300_000))),
  )

  it('tells names that stand twice, with both places', () => {
    expect(PlainYaml.read('a:\n- b: 1\n  c: 2\n  b: 3\n')?.duplicates).toEqual([
      { path: ['a', 0, 'b'], first: 5, second: 19 },
    ])
  })

  it('takes the example of what people put into a kong.yml', () => {
    const text = readFileSync(new URL('../../../../../kong.yml', import.meta.url), 'utf8')
    expect(PlainYaml.read(text.replace(/&[\w-]+ ?/g, '').replace(/\*[\w-]+/g, '{}'))).toBeDefined()
  })
})
