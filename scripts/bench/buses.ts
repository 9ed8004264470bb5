import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../command-line/user-error.ts'
import { makeHome, openHome, projectRoot } from '../home.ts'
import { runProgram } from '../run-program.ts'
import { openSecrets } from '../secrets.ts'
import { type BusName, buses, chooseBus } from '../shop/buses.ts'
import { planDatastores } from '../shop/datastore-specs.ts'
import { createReport, type Report } from '../supervisor/report.ts'
import { readRunFile } from '../supervisor/run-file.ts'
import { Supervisor } from '../supervisor/supervisor.ts'
import { memoryOf } from './cpu.ts'

export interface BusesOptions {
  /** How many events are published together, and heard. */
  readonly events: number
  /** Names of buses; all unless given. */
  readonly only: string | undefined
  readonly noInstall: boolean
}

/** What `service-kit/src/events/testing/measure.ts` prints; rates are events a second. */
interface Measured {
  readonly publishedSingly: number
  readonly publishedTogether: number
  readonly consumed: number
  readonly latencyMs: { readonly median: number; readonly p99: number }
}

interface Row extends Measured {
  readonly name: string
  readonly title: string
  readonly startSeconds: number
  readonly idleBytes: number | undefined
  readonly loadedBytes: number | undefined
}

const measure = join(projectRoot, 'packages', 'service-kit', 'src', 'events', 'testing', 'measure.ts')

/** Starts each broker as the shop does, one after the other, measures it through its adapter, and prints a table. */
export async function benchBuses({ events, only, noInstall }: BusesOptions): Promise<void> {
  if (process.env.EVENT_BUS_URL) throw new UserError('EVENT_BUS_URL is set; each bus is started here.')
  const names = only === undefined ? (Object.keys(buses) as BusName[]) : only.split(',').map((name) => chooseBus(name))
  const report = createReport(process.stderr)
  const rows: Row[] = []
  const load = loadavg()[0]?.toFixed(1)
  for (const name of names) rows.push(await benchBus(name, { events, noInstall, report }))
  report.end()
  console.log(tableOf(rows))
  console.log(`\n${events} events; the load average was ${load} before, and is ${loadavg()[0]?.toFixed(1)} now`)
}

interface Context {
  readonly events: number
  readonly noInstall: boolean
  readonly report: Report
}

async function benchBus(name: BusName, { events, noInstall, report }: Context): Promise<Row> {
  const home = openHome(mkdtempSync(join(tmpdir(), 'portico-bench-bus-')))
  await makeHome(home)
  const supervisor = new Supervisor(home, report)
  try {
    const options = { noInstall, report, log: home.log('install') }
    const { url, spec } = (await planDatastores([buses[name]], home, openSecrets(home), options))[buses[name]]
    if (spec === undefined) throw new Error(`${name} is somebody else's`)
    const startedAt = performance.now()
    await supervisor.start([spec])
    const startSeconds = (performance.now() - startedAt) / 1000
    const memory = () => memoryOf(readRunFile(home.runFile)?.processes[0]?.pid ?? 0)
    const idleBytes = memory()
    report.begin('measuring')
    const { code, output } = await runProgram(process.execPath, [measure, url, String(events)])
    if (code !== 0) throw new UserError(`${name} could not be measured:\n${output}`)
    report.done('measuring', `${name}, ${events} events`)
    const measured = JSON.parse(output) as Measured
    return { name, title: spec.title ?? name, startSeconds, idleBytes, loadedBytes: memory(), ...measured }
  } finally {
    await supervisor.stop()
    rmSync(home.root, { recursive: true, force: true })
  }
}

function tableOf(rows: readonly Row[]): string {
  const mebibytes = (bytes: number | undefined) => (bytes === undefined ? '?' : `${Math.round(bytes / 1_048_576)} MiB`)
  const lines: readonly (readonly [label: string, cell: (row: Row) => string])[] = [
    ['', ({ name }) => name],
    ['server', ({ title }) => title.replace(/ \(.*/, '')],
    ['start on an empty folder', ({ startSeconds }) => `${startSeconds.toFixed(1)} s`],
    ['resident, idle', ({ idleBytes }) => mebibytes(idleBytes)],
    ['resident, after this', ({ loadedBytes }) => mebibytes(loadedBytes)],
    ['published one by one', ({ publishedSingly }) => `${publishedSingly}/s`],
    ['published by 200', ({ publishedTogether }) => `${publishedTogether}/s`],
    ['heard, of a backlog', ({ consumed }) => `${consumed}/s`],
    ['published to heard, median', ({ latencyMs }) => `${latencyMs.median} ms`],
    ['published to heard, 99 %', ({ latencyMs }) => `${latencyMs.p99} ms`],
  ]
  const cells = lines.map(([label, cell]) => [label, ...rows.map(cell)])
  return cells.map((line) => line.map((text, i) => text.padEnd(i === 0 ? 28 : 18)).join('')).join('\n')
}
