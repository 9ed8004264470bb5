import { beforeAll, describe, expect, it } from 'vitest'
import { readFailures, readHardenings } from './deviations.ts'
import { describeScores, findLost, readPassing, type Scores } from './scores.ts'
import { runSuite } from './suite.ts'
import { readGroups } from './vector.ts'

const FIVE_MINUTES = 300_000

describe('the answers recorded from Kong 3.9.1', () => {
  const groups = readGroups()
  const passing = readPassing()
  let scores: Scores

  beforeAll(async () => {
    scores = await runSuite(groups)
    process.stdout.write(`${describeScores(scores)}\n`)
  }, FIVE_MINUTES)

  it.each(groups.map(({ group }) => group))('gives every answer of %s that it gave before', (group) => {
    const score = scores.get(group)
    const lost = score && findLost(group, score, passing).map((name) => `${name}: ${score.failed.get(name)}`)
    expect(lost).toEqual([])
  })

  it('lists as passing only cases that exist', () => {
    const names = new Map(groups.map(({ group, cases }) => [group, new Set(cases.map(({ name }) => name))]))
    const unknown = Object.entries(passing).flatMap(([group, cases]) =>
      cases.filter((name) => !names.get(group)?.has(name)),
    )
    expect(unknown).toEqual([])
  })

  it('answers otherwise on purpose only where Kong itself fails', () => {
    const failing = readFailures().map(({ group, name }) => {
      const vector = groups.find((each) => each.group === group)?.cases.find((each) => each.name === name)
      return vector?.answers.some((answer) => 'response' in answer && answer.response.status === 500)
    })
    expect(failing).toEqual(failing.map(() => true))
  })

  it('differs from Kong in each case that is listed as a security hole', () => {
    for (const { group, name } of readHardenings()) {
      expect([...(scores.get(group)?.failed.keys() ?? [])]).toContain(name)
      expect(passing[group]).not.toContain(name)
    }
  })
})
