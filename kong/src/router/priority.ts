import type { Candidate } from './candidates.ts'

/**
 * The order in which Kong 3.9 tries routes (traditional_compatible), as it was measured: the terms are made by a
 * helper that shifts in 32 bits, so that the lower ones overlap.
 *
 * Bit 60: hosts, none with a wildcard. Bit 51: a regular expression. Or-ed with, each cut to 32 bits: the number of
 * kinds of predicates from bit 29, of header names from 20, `regex_priority` from 19, the length of the prefix from 0.
 *
 * What comes out negative turns into the highest bit alone: a single term where one of the two high bits is set (the
 * terms are then widened one by one), else all of them together.
 */
export function priorityOf(candidate: Candidate): bigint {
  const { route, paths, isRegex } = candidate
  const hosts = route.hosts ?? []
  const headerNames = Object.keys(route.headers ?? {})
  const kinds = [route.methods, route.hosts, headerNames, route.snis, paths].filter((kind) => kind?.length).length
  const terms = [
    kinds << 29,
    Math.min(headerNames.length, 255) << 20,
    isRegex ? route.regex_priority << 19 : 0,
    isRegex ? 0 : (paths[0]?.length ?? 0) & 0x7ffff,
  ]
  const isPlain = hosts.length > 0 && hosts.every((host) => !host.includes('*'))
  if (!isPlain && !isRegex) return widen(terms.reduce((sum, term) => sum | term, 0))
  const high = (isPlain ? 1n << 60n : 0n) | (isRegex ? 1n << 51n : 0n)
  return terms.reduce((sum, term) => sum | widen(term), high)
}

const HIGHEST_BIT = 1n << 63n

const widen = (term: number): bigint => (term < 0 ? HIGHEST_BIT : BigInt(term))

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
