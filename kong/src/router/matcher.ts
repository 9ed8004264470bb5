import type { Configuration } from '../config/configuration.ts'
import { CandidateIndex } from './candidate-index.ts'
import { type Candidate, listCandidates } from './candidates.ts'
import { compilePaths, compilePredicates, type PathMatch, type PathPredicate, type Predicate } from './predicates.ts'
import { RequestView } from './request-view.ts'
import type { RouteMatch, Router, RoutingInput } from './router.ts'
import type { RegexMatch } from './rust-regex.ts'

interface Compiled {
  readonly candidate: Candidate
  readonly predicates: readonly Predicate[]
  readonly matchPath: PathPredicate | undefined
}

/** Compiles the routes of a configuration into the router of Kong 3.9's flavour traditional_compatible. */
export function createRouter(configuration: Configuration): Router {
  const candidates = listCandidates(configuration)
  const index = new CandidateIndex(candidates)
  return createMatcher(candidates, (request) => index.find(request))
}

/** Tries every candidate in turn: what the index must agree with. */
export function createExhaustiveRouter(configuration: Configuration): Router {
  const candidates = listCandidates(configuration)
  const all = candidates.map((_, rank) => rank)
  return createMatcher(candidates, () => all)
}

function createMatcher(candidates: readonly Candidate[], find: (request: RequestView) => readonly number[]): Router {
  const compiled = candidates.map(
    (candidate): Compiled => ({
      candidate,
      predicates: compilePredicates(candidate),
      matchPath: compilePaths(candidate),
    }),
  )
  const usesPaths = candidates.some(({ paths }) => paths.length > 0)
  const headerNames = [...new Set(candidates.flatMap(({ route }) => Object.keys(route.headers ?? {})))]
  const isReadable = (request: RequestView) =>
    (!usesPaths || request.pathIsText) && headerNames.every((name) => request.headerIsText(name))
  return {
    match(input: RoutingInput): RouteMatch | undefined {
      const request = new RequestView(input)
      if (!isReadable(request)) return undefined
      for (const rank of find(request)) {
        const match = tryCandidate(compiled[rank] as Compiled, request)
        if (match) return match
      }
      return undefined
    },
  }
}

const NO_PATH: PathMatch = { text: '' }

function tryCandidate({ candidate, predicates, matchPath }: Compiled, request: RequestView): RouteMatch | undefined {
  for (const holds of predicates) if (!holds(request)) return undefined
  const path = matchPath ? matchPath(request) : NO_PATH
  if (!path) return undefined
  const { route, service } = candidate
  return {
    route,
    service,
    path: request.path,
    matchedPath: path.text,
    captures: path.match && readCaptures(path.match),
  }
}

/** Groups that took part, by number and by name. */
function readCaptures({ texts, names }: RegexMatch): Record<string, string> | undefined {
  const captures: Record<string, string> = {}
  const put = (key: string, text: string | undefined) => {
    if (text !== undefined) captures[key] = Buffer.from(text, 'utf8').toString('latin1')
  }
  for (let group = 1; group < texts.length; group++) put(String(group), texts[group])
  for (const [name, group] of Object.entries(names)) put(name, texts[group])
  if (Object.keys(captures).length === 0) return undefined
  put('0', texts[0])
  return captures
}
