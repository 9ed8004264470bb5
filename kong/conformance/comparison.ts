/** What of an answer counts: not its framing unless the case is strict, and not the order of JSON members. */
import { type Json, parseJson, sortKeys } from './json.ts'
import type { Answer, Case } from './vector.ts'

const FRAMING = ['connection', 'transfer-encoding', 'content-length', 'date', 'keep-alive']

/** The first difference between Kong's answers and those here, for people; undefined when there is none. */
export function findDifference(vector: Case, answers: readonly Answer[]): string | undefined {
  for (const [step, expected] of vector.answers.entries()) {
    const kong = comparable(expected, vector.strict ?? false)
    const answer = answers[step]
    const here = answer && comparable(answer, vector.strict ?? false)
    if (JSON.stringify(kong) !== JSON.stringify(here)) return `step ${step}${describe(kong, here, '')}`
  }
  return undefined
}

function comparable(answer: Answer, strict: boolean): Json {
  const copy = structuredClone(answer)
  if ('tally' in copy) return sortKeys(copy as unknown as Json)
  if (!strict) {
    for (const name of FRAMING) {
      delete copy.response.headers[name]
      for (const seen of copy.upstream) delete seen.headers[name]
    }
  }
  const { headers, body } = copy.response
  const isJson = headers['content-type']?.[0]?.includes('json') ?? false
  // A body of several lines is one of Kong's error pages: its bytes count.
  if (strict || !isJson || body.includes('\n  "')) return sortKeys(copy as unknown as Json)
  const value = parseJson(body)
  const shown = { ...copy, response: { ...copy.response, body: value === undefined ? body : value } }
  return sortKeys(shown as unknown as Json)
}

const MOST_CHARACTERS = 600

/** Every place where the two differ, for people. */
function describe(kong: Json | undefined, here: Json | undefined, path: string): string {
  if (JSON.stringify(kong) === JSON.stringify(here)) return ''
  const [left, right] = [membersOf(kong), membersOf(here)]
  if (left && right && Array.isArray(kong) === Array.isArray(here)) {
    const names = new Set([...Object.keys(left), ...Object.keys(right)])
    return [...names].map((name) => describe(left[name], right[name], `${path}.${name}`)).join('')
  }
  const show = (value: Json | undefined) =>
    value === undefined ? 'nothing' : JSON.stringify(value).slice(0, MOST_CHARACTERS)
  return `\n   ${path.slice(1)}: kong ${show(kong)}, here ${show(here)}`
}

const membersOf = (value: Json | undefined): Record<string, Json> | undefined =>
  typeof value === 'object' && value !== null ? (value as Record<string, Json>) : undefined
