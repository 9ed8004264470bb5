/**
 * Replays the recorded answers of Kong 3.9.1 and prints each group's score:
 *   node_modules/.bin/node kong/conformance/replay.ts [--group NAME]... [--only TEXT] [--show N] [--record]
 *   node_modules/.bin/node kong/conformance/replay.ts --proxy PORT --admin PORT [--settle MS]   against a gateway that is running
 */
import { parseArgs } from 'node:util'
import { describeScores, findLost, readPassing, recordPassing, type Scores } from './scores.ts'
import { runSuite } from './suite.ts'
import { readGroups } from './vector.ts'

const { values } = parseArgs({
  options: {
    group: { type: 'string', multiple: true },
    only: { type: 'string' },
    show: { type: 'string', default: '5' },
    lanes: { type: 'string', default: '4' },
    proxy: { type: 'string' },
    admin: { type: 'string', default: '8001' },
    settle: { type: 'string', default: '200' },
    record: { type: 'boolean', default: false },
  },
})

const groups = readGroups()
  .filter(({ group }) => !values.group || values.group.includes(group))
  .map((group) => ({
    ...group,
    cases: group.cases.filter(
      ({ name }) => values.only === undefined || `${group.group}/${name}`.includes(values.only),
    ),
  }))
  .filter(({ cases }) => cases.length > 0)

const running =
  values.proxy === undefined
    ? undefined
    : { proxyPort: Number(values.proxy), adminPort: Number(values.admin), settle: Number(values.settle) }

const started = performance.now()
const scores = await runSuite(groups, { lanes: Number(values.lanes), ...(running && { running }) })
showFailures(scores, Number(values.show))
console.log(describeScores(scores))
console.log(`in ${((performance.now() - started) / 1000).toFixed(1)} s`)
if (values.record) console.log(`${recordPassing(scores)} cases newly listed as passing`)
process.exitCode = showLost(scores) ? 1 : 0

function showFailures(scores: Scores, most: number): void {
  let shown = 0
  for (const [group, { failed }] of scores) {
    for (const [name, difference] of failed) {
      if (shown++ < most) console.log(`FAIL ${group}/${name}: ${difference}`)
    }
  }
}

/** Names the cases that passed before and don't now. */
function showLost(scores: Scores): boolean {
  const passing = readPassing()
  const lost = [...scores].flatMap(([group, score]) =>
    findLost(group, score, passing).map((name) => `${group}/${name}`),
  )
  for (const name of lost) console.log(`LOST ${name}`)
  return lost.length > 0
}
