import type { Period } from '../rate-limiting/windows.ts'

/** What was left in one window of one limit before this request. */
export interface WindowUsage {
  readonly period: Period
  readonly limit: number
  readonly remaining: number
}

/** The windows of each limit by its name. */
export type Usage = ReadonlyMap<string, readonly WindowUsage[]>

/** What an answer costs, by limit: `video=2, image=1` in the header that names costs. */
export function costsOf(line: string): ReadonlyMap<string, number> {
  const costs = new Map<string, number>()
  for (const piece of line.split(',')) {
    const [name = '', text = '', more] = piece.split('=').map((part) => part.trim())
    if (more !== undefined) continue
    const cost = Number(text)
    if (name !== '' && text !== '' && !Number.isNaN(cost)) costs.set(name, cost)
  }
  return costs
}
