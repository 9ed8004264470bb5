import { describe, expect, it } from 'vitest'
import { YamlSyntaxError, YamlText } from './yaml-text.ts'

const FIRST = '_format_version: "3.0"\n'

/** What libyaml 0.2 itself says of each text (all tried there; those marked Kong are recorded answers of Kong). */
const TOLD: readonly [text: string, words: string][] = [
  [`${FIRST}services:\n\t- name: s\n`, '2:1: found character that cannot start any token'], // Kong
  ['_format_version: "3.0\nservices: []\n', '1:1: found unexpected end of stream'], // Kong
  [`${FIRST}services: *nothing\n`, '2:11: invalid reference: nothing'], // Kong
  [`${FIRST}  services: [\n`, '1:18: did not find expected key'], // Kong
  ['{"_format_version":"3.0","services":[', '1:37: did not find expected node content'], // Kong
  [`${FIRST}services:\n- name: s\n  url: http://a.test: 80\n`, '4:8: mapping values are not allowed in this context'],
  [`${FIRST}services:\n- name: s\n   host: a.test\n`, '3:9: mapping values are not allowed in this context'],
  [`${FIRST}services:\n- name: s\n host: a.test\n`, '4:2: did not find expected key'],
  [`${FIRST}services:\n- name: @s\n`, '3:3: found character that cannot start any token'],
  [`${FIRST}services:\n- {name: s, host: a.test]\n`, "3:19: did not find expected ',' or '}'"],
  [`${FIRST}services: - name: s\n`, '2:1: block sequence entries are not allowed in this context'],
  [`${FIRST}services:\n- name: s\nroutes\n`, "3:9: could not find expected ':'"],
  [`${FIRST}services:\n- name: s\n\thost: a\n`, '3:3: found a tab character that violates indentation'],
  ['- a\nb: 1\n', "1:3: did not find expected '-' indicator"],
]

const wordsFor = (text: string): string => {
  try {
    new YamlText(text).read()
    return 'nothing'
  } catch (error) {
    if (error instanceof YamlSyntaxError) return error.kongMessage
    throw error
  }
}

describe('a syntax error', () => {
  it.each(TOLD)('is told in the words of libyaml, at the last thing that could be read: %j', (text, words) => {
    expect(wordsFor(text)).toBe(words)
  })
})
