import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { findClosest } from '../command-line/command.ts'
import { onStopRequest } from '../command-line/stop-request.ts'
import { UserError } from '../command-line/user-error.ts'
import { projectRoot } from '../home.ts'
import { findFreePort } from '../ports.ts'
import { runHere, runProgram } from '../run-program.ts'
import { memoryOf, readCpu } from './cpu.ts'
import { findFaults } from './gateway/checks.ts'
import { allContenders, type Contender, peersFolder } from './gateway/contenders.ts'
import { applyLoad, type Load } from './gateway/load.ts'
import { type Measured, type Round, summarise, tableOf } from './gateway/report.ts'
import { NotReady, type Running, startServer } from './gateway/running.ts'
import { type Scenario, writeScenario } from './gateway/scenario.ts'

export interface GatewayOptions {
  readonly rounds: number
  readonly seconds: number
  readonly connections: number
  /** Names of contenders; all unless given. */
  readonly only: string | undefined
  /** Another checkout of this project, whose gateway is measured too. */
  readonly beside: string | undefined
  readonly json: boolean
}

interface Entry extends Contender {
  readonly running: Running
  readonly rounds: Round[]
}

/** Progress; the result alone goes to standard output. */
const say = (text: string): boolean => process.stderr.write(`${text}\n`)

const WARMUP_SECONDS = 4

/** Measures our gateway and others one after another, round by round, and prints medians and ratios. */
export async function benchGateway(options: GatewayOptions): Promise<void> {
  const contenders = await presentOf(choose(options))
  const tool = (await isThere('wrk')) ? 'wrk' : 'autocannon'
  if (tool === 'autocannon' || contenders.some(({ fromPeers }) => fromPeers)) await installPeers()
  const pinned = process.platform === 'linux' && availableParallelism() > 1 && (await isThere('taskset'))
  const folder = mkdtempSync(join(tmpdir(), 'portico-bench-'))
  // Whoever is stopped in the middle leaves nothing behind: servers and load end with this process.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  onStopRequest(() => process.exit(130))
  const started: Running[] = []
  try {
    const scenario = writeScenario(folder, await findFreePort())
    const load: Load = { tool, connections: options.connections, core: pinned ? 1 : undefined, scenario }
    started.push(await startUpstream(scenario, load.core))
    const entries: Entry[] = []
    for (const contender of contenders) {
      const entry = await startContender(contender, scenario, pinned ? 0 : undefined)
      started.push(entry.running)
      entries.push(entry)
    }
    await measure(entries, load, options)
    print(entries, { ...options, tool, pinned })
  } finally {
    await Promise.all(started.map((running) => running.stop()))
  }
}

function choose({ only, beside }: GatewayOptions): Contender[] {
  const all = allContenders(beside)
  if (beside !== undefined && !existsSync(join(beside, 'kong', 'src', 'main.ts'))) {
    throw new UserError(`${beside} is no checkout of this project.`)
  }
  if (only === undefined) return all
  const names = all.map(({ name }) => name)
  return only.split(',').map((word) => {
    const found = all.find(({ name }) => name === word.trim())
    if (found) return found
    const close = findClosest(word.trim(), names)
    throw new UserError(
      `There is no gateway "${word.trim()}": ${close ? `did you mean "${close}"?` : names.join(', ')}`,
    )
  })
}

const isThere = async (program: string): Promise<boolean> =>
  (await runProgram('sh', ['-c', `command -v ${program}`])).code === 0

/** Without those that this machine lacks. */
async function presentOf(contenders: readonly Contender[]): Promise<Contender[]> {
  if (!contenders.some(({ name }) => name === 'nginx') || (await isThere('nginx'))) return [...contenders]
  say('nginx is not on PATH and is left out; on Debian: apt-get install nginx-light')
  return contenders.filter(({ name }) => name !== 'nginx')
}

/** The packages of the peers stand in a folder of their own, so that the project itself doesn't depend on them. */
async function installPeers(): Promise<void> {
  if (existsSync(join(peersFolder, 'node_modules', '.package-lock.json'))) return
  say(`Installing the packages that are compared with (once, into ${peersFolder}/node_modules) …`)
  const words = ['install', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund']
  const code = await runHere('npm', [...words, '--loglevel=error'], { cwd: peersFolder })
  if (code !== 0) throw new UserError('The packages of the peers could not be installed; --only portico does without.')
}

async function startUpstream(scenario: Scenario, core: number | undefined): Promise<Running> {
  const words = [process.execPath, join(projectRoot, 'scripts', 'bench', 'gateway', 'upstream.ts')]
  const log = join(scenario.folder, 'upstream.log')
  const running = startServer({ words, environment: {}, port: scenario.upstreamPort, log, core })
  await running.untilReady('')
  return running
}

async function startContender(contender: Contender, scenario: Scenario, core: number | undefined): Promise<Entry> {
  const { name, checks } = contender
  const port = await findFreePort()
  const words = contender.command(scenario, port)
  const log = join(scenario.folder, `${name}.log`)
  const running = startServer({ words, environment: scenario.environment, port, log, core })
  try {
    await running.untilReady(scenario.sign())
    const faults = await findFaults(running.url, scenario, checks)
    if (faults.length > 0) throw new UserError(`${name} does not do the work: ${faults.join('; ')}`)
  } catch (error) {
    await running.stop()
    if (error instanceof NotReady) throw new UserError(`${name} did not come up:\n${error.message}`)
    throw error
  }
  say(`${name} is up and does the work`)
  return { ...contender, running, rounds: [] }
}

async function measure(entries: readonly Entry[], load: Load, { rounds, seconds }: GatewayOptions): Promise<void> {
  for (const { name, running } of entries) {
    say(`warming up ${name}`)
    await applyLoad(load, running.url, WARMUP_SECONDS)
  }
  for (let i = 0; i < rounds; i += 1) {
    // There and back, so that none is always the first.
    for (const entry of i % 2 === 0 ? entries : entries.toReversed()) {
      const round = await measureRound(entry, load, seconds)
      entry.rounds.push(round)
      say(`round ${i + 1} of ${rounds}: ${entry.name} ${round.perSecond.toFixed(0)} a second`)
    }
  }
}

async function measureRound({ name, running }: Entry, load: Load, seconds: number): Promise<Round> {
  const cpu = () => readCpu([{ name, pid: running.pid }]).get(name) ?? 0
  const [before, startedAt] = [cpu(), performance.now()]
  const seen = await applyLoad(load, running.url, seconds)
  const used = cpu() - before
  if (used <= 0) return { ...seen, perCpuSecond: undefined, cpuShare: undefined }
  return { ...seen, perCpuSecond: seen.requests / used, cpuShare: (used * 1000) / (performance.now() - startedAt) }
}

type Printed = GatewayOptions & { readonly tool: string; readonly pinned: boolean }

function print(entries: readonly Entry[], { json, rounds, seconds, connections, tool, pinned }: Printed): void {
  const measured: Measured[] = entries.map((each) => ({ ...each, memory: memoryOf(each.running.pid) }))
  const rows = summarise(measured)
  const load = loadavg().map((value) => Number(value.toFixed(1)))
  const machine = { cores: availableParallelism(), node: process.version, loadAverage: load, pinned }
  if (json) {
    const result = { at: new Date().toISOString(), machine, tool, rounds, seconds, connections, gateways: rows }
    console.log(JSON.stringify(result, null, 2))
    return
  }
  console.log(
    `\n${rounds} rounds of ${seconds} s, ${connections} connections, ${tool}; ${machine.cores} cores, Node ${machine.node}`,
  )
  console.log(
    `load average ${load.join(' ')}; ${pinned ? 'each gateway on one core, the load on another' : 'not pinned to cores'}`,
  )
  console.log(
    `Ratios are of requests per second of the gateway's own CPU, the median of each round's.\n\n${tableOf(rows)}`,
  )
}
