/** What became of each case, and the list of those that have passed before. */
import { readFileSync, writeFileSync } from 'node:fs'
import { type Deviation, readDeviations } from './deviations.ts'

export interface Score {
  readonly passed: string[]
  /** Name of the case → how the answers differ. */
  readonly failed: Map<string, string>
  /** Why the group was not run. */
  readonly skipped?: string
}

/** By group. */
export type Scores = Map<string, Score>

/** Group → names of its cases, sorted. It only grows. */
export type Passing = Record<string, string[]>

const file = new URL('passing.json', import.meta.url)

export const readPassing = (): Passing => JSON.parse(readFileSync(file, 'utf8')) as Passing

/** Adds the cases that passed and were not listed. @returns how many. */
export function recordPassing(scores: Scores): number {
  const passing = readPassing()
  let added = 0
  for (const [group, { passed }] of scores) {
    const before = passing[group] ?? []
    const all = new Set([...before, ...passed])
    added += all.size - before.length
    passing[group] = [...all].sort()
  }
  const sorted = Object.fromEntries(Object.entries(passing).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(file, `${JSON.stringify(sorted, undefined, 2)}\n`)
  return added
}

/** The listed cases of a group that failed now. */
export const findLost = (group: string, score: Score, passing: Passing): string[] =>
  (passing[group] ?? []).filter((name) => score.failed.has(name))

/** How many of a group's failed cases are deviations on purpose. */
const countDeviations = (group: string, { failed }: Score, deviations: readonly Deviation[]): number =>
  deviations.filter((deviation) => deviation.group === group && failed.has(deviation.name)).length

export function describeScores(scores: Scores, deviations = readDeviations()): string {
  const lines: string[] = []
  let passed = 0
  let run = 0
  for (const [group, score] of scores) {
    const total = score.passed.length + score.failed.size
    passed += score.passed.length
    run += total
    const deviating = countDeviations(group, score, deviations)
    const aside = deviating === 0 ? '' : `, and ${deviating} other on purpose`
    lines.push(
      score.skipped ? `${group}: not run, ${score.skipped}` : `${group}: ${score.passed.length} of ${total}${aside}`,
    )
  }
  return [...lines, `all: ${passed} of ${run}`].join('\n')
}
