import type { Candidate } from './candidates.ts'
import { pathPrefixes } from './predicates.ts'
import type { RequestView } from './request-view.ts'

/** Finds, among many candidates, the few that could match a request, by its path or else by its host. */
export class CandidateIndex {
  readonly #byPrefix = new Map<string, number[]>()
  readonly #prefixLengths: number[]
  readonly #byHost = new Map<string, number[]>()
  /** Those that have to be tried for every request. */
  readonly #always: number[] = []

  constructor(candidates: readonly Candidate[]) {
    for (const [rank, candidate] of candidates.entries()) this.#place(candidate, rank)
    this.#prefixLengths = [...new Set([...this.#byPrefix.keys()].map((prefix) => prefix.length))].sort((a, b) => a - b)
  }

  /** Ranks in the order in which they are to be tried. */
  find(request: RequestView): readonly number[] {
    const lists: number[][] = []
    if (this.#always.length > 0) lists.push(this.#always)
    const ofHost = this.#byHost.get(request.host)
    if (ofHost) lists.push(ofHost)
    for (const length of this.#prefixLengths) {
      if (length > request.path.length) break
      const ofPrefix = this.#byPrefix.get(request.path.slice(0, length))
      if (ofPrefix) lists.push(ofPrefix)
    }
    if (lists.length <= 1) return lists[0] ?? []
    return lists.flat().sort((a, b) => a - b)
  }

  #place(candidate: Candidate, rank: number): void {
    const prefixes = pathPrefixes(candidate)
    if (prefixes) for (const prefix of new Set(prefixes)) append(this.#byPrefix, prefix, rank)
    else if (hasPlainHosts(candidate))
      for (const host of new Set(hostNames(candidate))) append(this.#byHost, host, rank)
    else this.#always.push(rank)
  }
}

const hasPlainHosts = ({ route }: Candidate): boolean =>
  route.hosts !== null && route.hosts.length > 0 && route.hosts.every((host) => !host.includes('*'))

const hostNames = ({ route }: Candidate): string[] => (route.hosts ?? []).map((host) => host.replace(/:\d+$/, ''))

function append(lists: Map<string, number[]>, key: string, rank: number): void {
  const list = lists.get(key)
  if (list) list.push(rank)
  else lists.set(key, [rank])
}
