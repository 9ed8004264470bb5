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
    if (kong !== here)
      return `step ${step}\n   kong ${kong.slice(0, 1200)}\n   here ${(here ?? 'nothing').slice(0, 1200)}`
  }
  return undefined
}

function comparable(answer: Answer, strict: boolean): string {
  const copy = structuredClone(answer)
  if ('tally' in copy) return stringify(copy)
  if (!strict) {
    for (const name of FRAMING) {
      delete copy.response.headers[name]
      for (const seen of copy.upstream) delete seen.headers[name]
    }
  }
  const { headers, body } = copy.response
  const isJson = headers['content-type']?.[0]?.includes('json') ?? false
  // A body of several lines is one of Kong's error pages: its bytes count.
  if (strict || !isJson || body.includes('\n  "')) return stringify(copy)
  const value = parseJson(body)
  return stringify({ ...copy, response: { ...copy.response, body: value === undefined ? body : sortKeys(value) } })
}

const stringify = (value: object): string => JSON.stringify(sortKeys(value as { [key: string]: Json }))
