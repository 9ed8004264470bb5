import { type Deviation, readDeviations, readFailures, readHardenings } from '../conformance/deviations.ts'
import { readPassing } from '../conformance/scores.ts'
import { readGroups } from '../conformance/vector.ts'
import { table } from './markdown.ts'

/** What the recorded answers say: how many are the same, and which are not on purpose. */
export function conformanceSection(): string {
  const passing = readPassing()
  const deviations = readDeviations()
  const counts = readGroups().map(({ group, cases }) => ({
    group,
    all: cases.length,
    same: passing[group]?.length ?? 0,
    other: deviations.filter((deviation) => deviation.group === group).length,
  }))
  const sum = (of: 'all' | 'same' | 'other') => counts.reduce((total, each) => total + each[of], 0)
  const rows = counts.map(({ group, all, same, other }) => [group, all, same, other || ''].map(String))
  const total = ['**all**', `**${sum('all')}**`, `**${sum('same')}**`, `**${sum('other')}**`]
  return `## Measured against a real Kong

\`kong/vectors\` holds ${sum('all')} answers recorded from Kong 3.9.1. The gateway gives the same answer in ${sum('same')} of
them, headers and bodies included, and another one on purpose in ${sum('other')}. \`npm test -- conformance\` compares them all.

${table([['group', 'recorded', 'the same', 'other on purpose'], ...rows, total], [1, 2, 3])}

### Other on purpose

Only where Kong itself fails with an internal error (500) and the right answer is clear:

${table([['recorded case', 'why the gateway answers otherwise'], ...readFailures().map(rowOf)])}

Where Kong's answer would leave the gateway open to an attack:

${table([['recorded case', 'why the gateway answers differently'], ...readHardenings().map(rowOf)])}`
}

const rowOf = ({ group, name, reason }: Deviation): string[] => [`${group}: ${name}`, reason]
