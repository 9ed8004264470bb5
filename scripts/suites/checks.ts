import { join } from 'node:path'
import { projectRoot } from '../home.ts'
import { runProgram } from '../run-program.ts'
import type { Totals } from './totals.ts'

const bin = (name: string) => join(projectRoot, 'node_modules', '.bin', name)

const checks = [
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
] as const

/** Runs the static checks side by side, and prints what each one found. */
export async function runChecks(): Promise<Totals> {
  const results = await Promise.all(
    checks.map(async ({ title, command, args }) => ({ title, ...(await runProgram(command, args, projectRoot)) })),
  )
  for (const { title, code, output } of results) {
    console.log(`  ${code === 0 ? 'ok    ' : 'FAILED'}  ${title}`)
    if (code !== 0) console.log(output)
  }
  const failed = results.filter(({ code }) => code !== 0).length
  return { passed: results.length - failed, failed, skipped: 0 }
}
