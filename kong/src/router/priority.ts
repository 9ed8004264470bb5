import type { Candidate } from './candidates.ts'

/**
 * The order in which Kong 3.9 tries routes (traditional_compatible), as it was measured: the terms are made by a
 * helper that shifts in 32 bits, so that the lower ones overlap, and a term that comes out negative turns into the
 * highest bit alone.
 *
 * Bit 60: hosts, none with a wildcard. Bit 51: a regular expression. Or-ed with, each cut to 32 bits: the number of
 * kinds of predicates from bit 29, of header names from 20, `regex_priority` from 19, the length of the prefix from 0.
 */
export function priorityOf(candidate: Candidate): bigint {
  const { route, paths } = candidate
  const hosts = route.hosts ?? []
  const headerNames = Object.keys(route.headers ?? {})
  const kinds = [route.methods, route.hosts, headerNames, route.snis, paths].filter((kind) => kind?.length).length
  let priority = hosts.length > 0 && hosts.every((host) => !host.includes('*')) ? 1n << 60n : 0n
  if (candidate.isRegex) priority |= 1n << 51n
  priority |= term(kinds << 29)
  priority |= term(Math.min(headerNames.length, 255) << 20)
  if (candidate.isRegex) return priority | term(route.regex_priority << 19)
  return priority | term((paths[0]?.length ?? 0) & 0x7ffff)
}

const HIGHEST_BIT = 1n << 63n

const term = (shifted: number): bigint => (shifted < 0 ? HIGHEST_BIT : BigInt(shifted))

/** Higher priority first; among equals the greater id. */
export function byPrecedence(a: Ranked, b: Ranked): number {
  if (a.priority !== b.priority) return a.priority > b.priority ? -1 : 1
  return a.id === b.id ? 0 : a.id > b.id ? -1 : 1
}

interface Ranked {
  readonly priority: bigint
  /** Lower-case, so that texts compare as the bytes of the ids do. */
  readonly id: string
}
