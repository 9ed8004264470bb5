import { join } from 'node:path'
import { projectRoot } from '../home.ts'
import { runProgram } from '../run-program.ts'
import type { Totals } from './totals.ts'

const bin = (name: string) => join(projectRoot, 'node_modules', '.bin', name)

interface Check {
  readonly title: string
  readonly command: string
  readonly args: readonly string[]
  /** What it says at every failure and people need not read. */
  readonly leftOut?: RegExp
}

const checks: readonly Check[] = [
  { title: 'types (tsc)', command: bin('tsc'), args: ['--noEmit', '--project', projectRoot] },
  {
    title: 'types of the shop (tsc)',
    command: bin('tsc'),
    args: ['--noEmit', '--project', join(projectRoot, 'services/storefront/web')],
  },
  {
    title: 'types of the admin panel (tsc)',
    command: bin('tsc'),
    args: ['--noEmit', '--project', join(projectRoot, 'services/storefront/web/admin')],
  },
  { title: 'format and lint (biome)', command: bin('biome'), args: ['check', '--diagnostic-level=error', projectRoot] },
  {
    title: 'boundaries (dependency-cruiser)',
    // It asks for an older TypeScript; swc reads the imports here.
    leftOut: /^‼ missing-tsc-transpiler:[\s\S]*/m,
    command: bin('depcruise'),
    args: [
      '--config',
      join(projectRoot, '.dependency-cruiser.json'),
      'packages',
      'services',
      'kong',
      'scripts',
      'faults',
    ],
  },
]

/** Runs the static checks side by side, and prints what each one found. */
export async function runChecks(): Promise<Totals> {
  const results = await Promise.all(
    checks.map(async (check) => ({ ...check, ...(await runProgram(check.command, check.args, projectRoot)) })),
  )
  for (const { title, code, output, leftOut = /$^/ } of results) {
    console.log(`  ${code === 0 ? 'ok    ' : 'FAILED'}  ${title}`)
    if (code !== 0) console.log(output.replace(leftOut, '').trimEnd())
  }
  const failed = results.filter(({ code }) => code !== 0).length
  return { passed: results.length - failed, failed, skipped: 0 }
}
