/** Labels in the order in which they are written. */
export type Labels = Readonly<Record<string, string>>

interface Family {
  readonly help: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly samples: Map<string, number>
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
    const family = this.#family(name, help, 'histogram')
    for (const bound of buckets) {
      this.#add(family, `${name}_bucket`, { ...labels, le: String(bound) }, value <= bound ? 1 : 0)
    }
    this.#add(family, `${name}_bucket`, { ...labels, le: '+Inf' }, 1)
    this.#add(family, `${name}_count`, labels, 1)
    this.#add(family, `${name}_sum`, labels, value)
  }

  write(): string {
    const lines: string[] = []
    for (const [name, { help, kind, samples }] of [...this.#families].sort(([a], [b]) => (a < b ? -1 : 1))) {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`)
      for (const [sample, value] of samples) lines.push(`${sample} ${value}`)
    }
    return `${lines.join('\n')}\n`
  }

  #family(name: string, help: string, kind: Family['kind']): Family {
    let family = this.#families.get(name)
    if (!family) {
      family = { help, kind, samples: new Map() }
      this.#families.set(name, family)
    }
    return family
  }

  #add({ samples }: Family, name: string, labels: Labels, value: number): void {
    const sample = sampleName(name, labels)
    const known = samples.get(sample)
    if (known === undefined && this.#samples >= this.#limit) {
      this.#refused++
      return
    }
    if (known === undefined) this.#samples++
    samples.set(sample, (known ?? 0) + value)
  }
}

function sampleName(name: string, labels: Labels): string {
  const written = Object.entries(labels).map(([label, value]) => `${label}="${escapeLabel(value)}"`)
  return written.length === 0 ? name : `${name}{${written.join(',')}}`
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
