/** One line of Prometheus' text format. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? +(\S+)/
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g

/** Reads Prometheus' text format (0.0.4); lines that are none are passed over. */
export function parseMetrics(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const match = line.startsWith('#') ? null : LINE.exec(line)
    if (!match) return []
    const [, name = '', labels = '', value = ''] = match
    const pairs = [...labels.matchAll(LABEL)].map(([, label = '', text = '']) => [label, unescaped(text)])
    return [{ name, labels: Object.fromEntries(pairs), value: numberOf(value) }]
  })
}

const unescaped = (text: string): string =>
  text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))

const numberOf = (text: string): number =>
  text === '+Inf' ? Number.POSITIVE_INFINITY : text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text)

/** How many observations were at most so large: upper bound → count, the bounds ascending, the last infinite. */
export type Buckets = readonly (readonly [bound: number, count: number])[]

/** Adds up the buckets of several histograms with the same bounds. */
export function bucketsOf(samples: readonly Sample[]): Buckets {
  const counts = new Map<number, number>()
  for (const { labels, value } of samples) {
    const bound = numberOf(labels.le ?? '')
    counts.set(bound, (counts.get(bound) ?? 0) + value)
  }
  return [...counts].sort(([a], [b]) => a - b)
}

/**
 * The value below which a share of the observations is, spread evenly within a bucket as Prometheus' histogram_quantile
 * does it; above the last finite bound that bound. Null without observations.
 */
export function quantileOf(buckets: Buckets, share: number): number | null {
  const total = buckets.at(-1)?.[1] ?? 0
  if (total === 0) return null
  const rank = share * total
  let [lower, below] = [0, 0]
  for (const [bound, count] of buckets) {
    if (count >= rank) {
      if (bound === Number.POSITIVE_INFINITY) return lower
      return lower + ((bound - lower) * (rank - below)) / Math.max(1, count - below)
    }
    lower = bound
    below = count
  }
  return lower
}
