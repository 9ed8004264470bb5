import { appendFileSync } from 'node:fs'

/** What was done to the shop, in order, kept in a file of its home as a JSON object a line. */
export class ActionLog {
  readonly path: string
  readonly #startedAt = Date.now()
  /** How often what was done to whom: `kill order` → 3. */
  readonly counts = new Map<string, number>()

  constructor(path: string) {
    this.path = path
  }

  write(action: string, target: string, more: object = {}): void {
    const key = `${action} ${target}`
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1)
    const atMs = Date.now() - this.#startedAt
    appendFileSync(this.path, `${JSON.stringify({ atMs, action, target, ...more })}\n`)
  }

  /** How often an action was done, by target. */
  of(action: string): Record<string, number> {
    const found = [...this.counts].filter(([key]) => key.startsWith(`${action} `))
    return Object.fromEntries(found.map(([key, count]) => [key.slice(action.length + 1), count]))
  }
}

export const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)
