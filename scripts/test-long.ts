import { join } from 'node:path'
import { type Command, runCommand } from './command-line/command.ts'
import { stopSignal } from './command-line/stop-request.ts'
import { findOrInstall } from './datastores/ladder.ts'
import { makeHome, openHome, projectRoot } from './home.ts'
import { chooseLongParts, type LongPart, longParts } from './suites/long-parts.ts'
import { runVitest } from './suites/run-vitest.ts'
import { everyServer, startTestDatastores } from './suites/test-home.ts'
import type { SuiteTotals } from './suites/totals.ts'
import { createReport } from './supervisor/report.ts'

const list = Object.entries(longParts).map(([name, { about }]) => `    ${name.padEnd(12)} ${about}`)

const command: Command = {
  help: `Runs the tests that take longer than npm test may, and prints what came of each.

  npm run test:long             all of them
  npm run test:long -- fuzz     one part, or several
    --no-install                install no database server

${list.join('\n')}`,
  options: { 'no-install': { type: 'boolean' } },
  maxWords: Number.POSITIVE_INFINITY,
  async run({ flags, words }) {
    const stopping = stopSignal()
    const results: { name: string; line: string; failed: boolean }[] = []
    for (const [name, part] of chooseLongParts(words)) {
      console.log(`\n${name}: ${part.about}\n`)
      const started = performance.now()
      const totals = await runPart(part, flags['no-install'] ?? false, stopping)
      const { passed, failed } = sum(totals)
      const seconds = Math.round((performance.now() - started) / 1000)
      results.push({ name, line: `${passed} passed, ${failed} failed, ${seconds} s`, failed: failed > 0 })
      if (stopping.aborted) break
    }
    console.log(`\n${results.map(({ name, line }) => `  ${name.padEnd(12)} ${line}`).join('\n')}`)
    return stopping.aborted || results.some(({ failed }) => failed) ? 1 : 0
  },
}

async function runPart(part: LongPart, noInstall: boolean, stopping: AbortSignal): Promise<SuiteTotals> {
  const environment: Record<string, string> = {}
  for (const [name, value] of Object.entries(part.environment)) environment[name] = process.env[name] ?? value
  Object.assign(environment, await findServers(part.servers ?? {}, noInstall))
  for (const [variable, find] of Object.entries(part.tools ?? {})) environment[variable] = await find(noInstall)
  if (!part.datastores) return await runVitest(part.vitest, environment, stopping)
  const report = createReport()
  const datastores = await startTestDatastores(everyServer, report, noInstall, stopping)
  report.end()
  try {
    return await runVitest(part.vitest, { ...environment, ...datastores.environment }, stopping)
  } finally {
    await datastores.stop()
  }
}

/** Finds or installs the servers that a part runs itself. */
async function findServers(servers: NonNullable<LongPart['servers']>, noInstall: boolean) {
  const home = openHome(join(projectRoot, '.portico'))
  await makeHome(home)
  const report = createReport()
  const options = { noInstall, report, log: home.log('install') }
  const found: Record<string, string> = {}
  for (const [variable, kind] of Object.entries(servers))
    found[variable] = (await findOrInstall(kind, home.data('broker'), options)).path
  report.end()
  return found
}

function sum(totals: SuiteTotals): { passed: number; failed: number } {
  const all = Object.values(totals)
  return {
    passed: all.reduce((count, { passed }) => count + passed, 0),
    failed: all.reduce((count, { failed }) => count + failed, 0),
  }
}

await runCommand(command)
