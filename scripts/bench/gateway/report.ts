import type { Seen } from './load.ts'

/** A round of one gateway. */
export interface Round extends Seen {
  /** Requests for each second of CPU that the gateway used; undefined where that can't be read. */
  readonly perCpuSecond: number | undefined
  /** Of one core, how much the gateway got. */
  readonly cpuShare: number | undefined
}

export interface Measured {
  readonly name: string
  readonly rounds: readonly Round[]
  /** Bytes in memory after the last round. */
  readonly memory: number | undefined
}

/** Medians of a gateway's rounds. */
export interface Row {
  readonly name: string
  readonly requestsPerSecond: number
  readonly requestsPerCpuSecond: number | undefined
  readonly cpuMicrosecondsPerRequest: number | undefined
  readonly p50Ms: number
  readonly p99Ms: number
  readonly memoryMiB: number | undefined
  readonly cpuShare: number | undefined
  /** Of what the first gateway does with a second of CPU, else of the clock: the median of the rounds' ratios. */
  readonly ratio: number
  readonly bad: number
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  const [low = Number.NaN, high = Number.NaN] = [sorted[half - 1], sorted[half]]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}

/** Medians, and ratios to the first: taken within each round, so that noise that outlasts a round falls out. */
export function summarise(all: readonly Measured[]): Row[] {
  const speedOf = ({ perCpuSecond, perSecond }: Round) => perCpuSecond ?? perSecond
  const first = all[0]?.rounds ?? []
  return all.map(({ name, rounds, memory }) => {
    const known = rounds.flatMap(({ perCpuSecond }) => (perCpuSecond === undefined ? [] : [perCpuSecond]))
    const perCpu = known.length > 0 ? median(known) : undefined
    const shares = rounds.flatMap(({ cpuShare }) => (cpuShare === undefined ? [] : [cpuShare]))
    const ratios = rounds.flatMap((round, i) => (first[i] ? [speedOf(round) / speedOf(first[i])] : []))
    return {
      name,
      requestsPerSecond: Math.round(median(rounds.map(({ perSecond }) => perSecond))),
      requestsPerCpuSecond: perCpu === undefined ? undefined : Math.round(perCpu),
      cpuMicrosecondsPerRequest: perCpu === undefined ? undefined : round(1e6 / perCpu, 1),
      p50Ms: round(median(rounds.map(({ p50Ms }) => p50Ms)), 2),
      p99Ms: round(median(rounds.map(({ p99Ms }) => p99Ms)), 2),
      memoryMiB: memory === undefined ? undefined : Math.round(memory / 1_048_576),
      cpuShare: shares.length > 0 ? round(median(shares), 2) : undefined,
      ratio: round(median(ratios), 3),
      bad: rounds.reduce((sum, { bad }) => sum + bad, 0),
    }
  })
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits))

/** A table for people, and for a document. */
export function tableOf(rows: readonly Row[]): string {
  const head = ['gateway', 'req/s', 'per CPU s', 'µs CPU', 'p50 ms', 'p99 ms', 'RSS MiB', 'core', `× ${rows[0]?.name}`]
  const lines = rows.map((row) => [
    row.bad > 0 ? `${row.name} (${row.bad} bad)` : row.name,
    row.requestsPerSecond,
    row.requestsPerCpuSecond,
    row.cpuMicrosecondsPerRequest,
    row.p50Ms.toFixed(2),
    row.p99Ms.toFixed(2),
    row.memoryMiB,
    row.cpuShare === undefined ? undefined : `${Math.round(row.cpuShare * 100)} %`,
    row.ratio.toFixed(2),
  ])
  const cells = [head, ...lines].map((line) => line.map((cell) => String(cell ?? '–')))
  const widths = head.map((_, i) => Math.max(...cells.map((line) => line[i]?.length ?? 0)))
  const text = cells.map(
    (line) =>
      `| ${line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`,
  )
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [text[0], rule, ...text.slice(1)].join('\n')
}
