/** One request of somebody who shops during an outage. */
export interface Asked<Deed extends string = string> {
  readonly deed: Deed
  readonly status: number
  readonly ms: number
  readonly body: unknown
}

export interface Outage {
  readonly service: string
  readonly fault: string
  readonly asked: readonly Asked[]
  /** What can't go on without the service. */
  readonly needed: readonly string[]
  /** From the end of the outage until everything was answered again. */
  readonly recoveredMs: number
}

export const went = ({ status }: Asked): boolean => status >= 200 && status < 300

/** A table for `docs/reliability.md`: what became of those who needed the service, and of the others. */
export function tableOf(outages: readonly Outage[]): string {
  const lines = outages.map(({ service, fault, asked, needed, recoveredMs }) => {
    const [needing, others] = [
      asked.filter(({ deed }) => needed.includes(deed)),
      asked.filter(({ deed }) => !needed.includes(deed)),
    ]
    const refused = needing.filter((each) => !went(each))
    const slowest = Math.max(0, ...needing.map(({ ms }) => ms))
    return [
      `${service} ${fault}`,
      needing.length === 0 ? '' : `${needing.length} (${refused.length})`,
      needing.length === 0 ? '' : seconds(slowest),
      `${others.length} (${others.filter((each) => !went(each)).length})`,
      `${quantile(others, 0.5)}, ${quantile(others, 0.99)} ms`,
      seconds(recoveredMs),
    ]
  })
  const head = ['outage', 'need it (failed)', 'slowest', 'all else (failed)', 'median, 99 %', 'well again after']
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

function quantile(asked: readonly Asked[], share: number): string {
  const sorted = asked.map(({ ms }) => ms).toSorted((a, b) => a - b)
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(0)
}
