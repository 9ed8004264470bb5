import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { UserError } from '../../command-line/user-error.ts'
import { projectRoot } from '../../home.ts'
import { endWithUs } from '../../run-program.ts'
import { peersFolder } from './contenders.ts'
import { onCore } from './running.ts'
import type { Scenario } from './scenario.ts'

/** What a round of load saw. */
export interface Seen {
  readonly requests: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Answers other than 2xx, and connections that broke. */
  readonly bad: number
}

export interface Load {
  readonly tool: 'wrk' | 'autocannon'
  readonly connections: number
  readonly core: number | undefined
  readonly scenario: Scenario
}

/** Loads an address for so many seconds. @throws UserError where the tool fails */
export async function applyLoad(load: Load, url: string, seconds: number): Promise<Seen> {
  const { tool, connections, core, scenario } = load
  const words =
    tool === 'wrk'
      ? ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', luaFile, url]
      : [process.execPath, join(peersFolder, 'load.mjs'), url, `${connections}`, `${seconds}`, scenario.tokensFile]
  const text = await outputOf(onCore(core, words), scenario.environment)
  return tool === 'wrk' ? readWrk(text) : readAutocannon(text)
}

const luaFile = join(projectRoot, 'scripts', 'bench', 'gateway', 'load.lua')

function outputOf(words: readonly string[], environment: Readonly<Record<string, string>>): Promise<string> {
  const [command = '', ...rest] = words
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    })
    endWithUs(child)
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
    child.once('error', (error) => reject(new UserError(`${command}: ${error.message}`)))
    child.once('close', (code) => (code === 0 ? resolve(text) : reject(new UserError(`${command} failed:\n${text}`))))
  })
}

const unitMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 }

/** Reads what wrk prints with `--latency`. @throws UserError where it is something else */
export function readWrk(text: string): Seen {
  const number = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0)
  const duration = (share: string) => {
    const [, value, unit = ''] = new RegExp(`^\\s+${share}%\\s+([\\d.]+)(us|ms|s|m)`, 'm').exec(text) ?? []
    return Number(value) * (unitMs[unit] ?? Number.NaN)
  }
  if (!/requests in/.test(text)) throw new UserError(`wrk said nothing that can be read:\n${text}`)
  const broken = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? []
  return {
    requests: number(/(\d+) requests in/),
    perSecond: number(/Requests\/sec:\s+([\d.]+)/),
    p50Ms: duration('50'),
    p99Ms: duration('99'),
    bad: broken.reduce((sum, count) => sum + Number(count), number(/Non-2xx or 3xx responses: (\d+)/)),
  }
}

interface Cannon {
  readonly requests: { readonly total: number; readonly average: number }
  readonly latency: { readonly p50: number; readonly p99: number }
  readonly non2xx: number
  readonly errors: number
}

function readAutocannon(text: string): Seen {
  const { requests, latency, non2xx, errors } = JSON.parse(text) as Cannon
  const { total, average } = requests
  return { requests: total, perSecond: average, p50Ms: latency.p50, p99Ms: latency.p99, bad: non2xx + errors }
}
