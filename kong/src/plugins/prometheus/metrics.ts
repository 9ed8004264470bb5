/** Labels in the order in which they are written. */
export type Labels = Readonly<Record<string, string>>

interface Family {
  readonly help: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly samples: Map<string, number>
  /** Of a histogram: its series by the values of their labels. */
  readonly series: Map<string, Series>
}

/** What was observed under one set of labels. */
interface Series {
  readonly labels: Labels
  readonly bounds: readonly number[]
  /** How many were at most each bound and above the one before; the last: above all bounds. */
  readonly counts: number[]
  sum: number
}

/** Numbers by name and labels, written in the text form that Prometheus reads. So many at most; more are not counted. */
export class Metrics {
  readonly #families = new Map<string, Family>()
  readonly #limit: number
  #samples = 0
  #refused = 0

  /** @param limit samples of all families together; Kong's own memory for them holds some fifty thousand */
  constructor(limit = 50_000) {
    this.#limit = limit
  }

  /** How often a sample was not taken because there were too many. */
  get refused(): number {
    return this.#refused
  }

  count(name: string, help: string, labels: Labels, value = 1): void {
    this.#add(this.#family(name, help, 'counter'), name, labels, value)
  }

  gauge(name: string, help: string, labels: Labels, value: number): void {
    this.#family(name, help, 'gauge').samples.set(sampleName(name, labels), value)
  }

  /** @param buckets upper bounds, rising */
  observe(name: string, help: string, labels: Labels, value: number, buckets: readonly number[]): void {
    const { series } = this.#family(name, help, 'histogram')
    const key = Object.values(labels).join('\n')
    let own = series.get(key)
    if (!own) {
      if (!this.#hasRoomFor(buckets.length + 3)) return
      own = { labels, bounds: buckets, counts: Array.from({ length: buckets.length + 1 }, () => 0), sum: 0 }
      series.set(key, own)
    }
    const index = buckets.findIndex((bound) => value <= bound)
    const place = index === -1 ? buckets.length : index
    own.counts[place] = (own.counts[place] ?? 0) + 1
    own.sum += value
  }

  write(): string {
    const lines: string[] = []
    for (const [name, { help, kind, samples, series }] of [...this.#families].sort(([a], [b]) => (a < b ? -1 : 1))) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`)
      for (const [sample, value] of samples) lines.push(`${sample} ${value}`)
      for (const each of series.values()) lines.push(...linesOf(name, each))
    }
    return `${lines.join('\n')}\n`
  }

  #family(name: string, help: string, kind: Family['kind']): Family {
    let family = this.#families.get(name)
    if (!family) {
      family = { help, kind, samples: new Map(), series: new Map() }
      this.#families.set(name, family)
    }
    return family
  }

  #add({ samples }: Family, name: string, labels: Labels, value: number): void {
    const sample = sampleName(name, labels)
    const known = samples.get(sample)
    if (known === undefined && !this.#hasRoomFor(1)) return
    samples.set(sample, (known ?? 0) + value)
  }

  #hasRoomFor(samples: number): boolean {
    if (this.#samples + samples > this.#limit) {
      this.#refused++
      return false
    }
    this.#samples += samples
    return true
  }
}

/** A series as it is read: each bucket counts those below it as well. */
function* linesOf(name: string, { labels, bounds, counts, sum }: Series): Generator<string> {
  let count = 0
  for (const [index, bound] of [...bounds, '+Inf'].entries()) {
    count += counts[index] ?? 0
    yield `${sampleName(`${name}_bucket`, { ...labels, le: String(bound) })} ${count}`
  }
  yield `${sampleName(`${name}_count`, labels)} ${count}`
  yield `${sampleName(`${name}_sum`, labels)} ${sum}`
}

function sampleName(name: string, labels: Labels): string {
  const written = Object.entries(labels).map(([label, value]) => `${label}="${escapeLabel(value)}"`)
  return written.length === 0 ? name : `${name}{${written.join(',')}}`
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
