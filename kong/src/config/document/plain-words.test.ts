import { describe, expect, it } from 'vitest'
import { YamlSyntaxError, YamlText } from './yaml-text.ts'

const SERVICE = 'services:\n- name: s\n'
const MISALIGNED = 'this line does not line up with those above it'

/** A slip that people make, and what is said about it. */
const SLIPS: readonly (readonly [text: string, told: string])[] = [
  [`${SERVICE}  url: http://a.test: 80\n`, "3:8 a value with ': ' in it needs quotes"],
  [`${SERVICE}  host:a.test\n  port: 80\n`, "3:3 a space is missing after 'host:'"],
  [`${SERVICE}  host\n  port: 80\n`, "3:3 a colon and a space are missing after 'host'"],
  [`${SERVICE}routes\n`, "3:1 a colon and a space are missing after 'routes'"],
  ['a: 1\n- b\n', "2:1 an item of a list ('-') stands where a name with its value is expected"],
  ['"a\nb": 1\n', "1:1 a name with its value is expected here, as in 'host: example.com'"],
  [`${SERVICE} host: a.test\n`, `3:2 ${MISALIGNED}`],
  [`${SERVICE}   host: a.test\n`, `3:4 ${MISALIGNED}`],
  [`${SERVICE}  - name: t\n`, `3:3 ${MISALIGNED}`],
  ['services:\n  - a\n  b: 1\n', `3:3 ${MISALIGNED}`],
  [`${SERVICE}\thost: a\n`, '3:1 a tab can not be used for indentation: use spaces'],
  ['services:\n- name: "s\n  host: a\n', '2:9 the quote that starts here is never closed: " is missing'],
  ["services:\n- name: 's\n", "2:9 the quote that starts here is never closed: ' is missing"],
  ['a: "b" c\n', '1:8 nothing may follow the value on this line: put the whole value in quotes'],
  ['- a\nb: 1\n', '2:1 this line belongs to nothing above it: check its indentation'],
  ['a: @b\n', "1:4 a value can not start with '@': put it in quotes"],
  ['a: *\n', "1:4 a value can not start with '*', which has a meaning in YAML: put it in quotes"],
  ['hosts: [*.a.test]\n', "1:9 there is no anchor '&.a.test' in this file; a text that starts with '*' needs quotes"],
  ['- [/a, /b\n  name: r\n', "1:8 the '[' on line 1, column 3 is not closed before this: ']' is missing"],
  ['a: [/a, /b\n', "2:1 the '[' on line 1, column 4 is not closed before this: ']' is missing"],
  ['a: {b: c]\n', "1:9 the '{' on line 1, column 4 is not closed before this: '}' is missing"],
  ['- {name: r paths: [/a]}\n', '1:10 a comma is missing within these brackets'],
  ['a: ["b" "c"]\n', '1:9 a comma is missing before this'],
  ['a: [b,, c]\n', '1:7 an item is missing before this comma'],
  ['a: ]\n', "1:4 no bracket is open that ']' could close"],
  ['services: - name: s\n', "1:11 a list starts on the line below its name: move the '-' there"],
  ['a: "\\d+"\n', '1:5 \\d means nothing in double quotes: write \\\\d, or use single quotes'],
  ['a: |x\n  b\n', "1:5 a text after '|' or '>' starts on the next line"],
  ['a: "b"#c\n', "1:7 a comment needs a space before its '#'"],
  [`${'x'.repeat(2000)}: 1\n`, '1:1 a name has at most 1,024 characters'],
  ['a: &x &y b\n', '1:7 a value has at most one anchor (&) and one tag (!)'],
  ['a: &x b\nc: &y *x\n', '2:7 an alias (*) takes no anchor (&) and no tag (!)'],
  ['%FOO x\na: b\n', "2:1 the document has to start on a line of its own, after '---'"],
  ['%YAML 9\n---\na: b\n', "1:7 a line that starts with '%' is an instruction to YAML parsers"],
]

const tellOf = (text: string): string => {
  try {
    new YamlText(text).read()
    return 'nothing'
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error
    return `${error.position.line}:${error.position.column} ${error.message}`
  }
}

describe('a text that is no YAML', () => {
  it.each(SLIPS)('is told in plain words, where it has to be mended: %j', (text, told) => {
    expect(tellOf(text).slice(0, told.length)).toBe(told)
  })
})
