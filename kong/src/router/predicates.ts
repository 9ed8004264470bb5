/** The conditions of a candidate, compiled: all of them must hold, each by any of its values. */
import type { Candidate } from './candidates.ts'
import type { RequestView } from './request-view.ts'
import { compileRustRegex, type RegexMatch, type RustRegex } from './rust-regex.ts'

export type Predicate = (request: RequestView) => boolean

/** What the path predicate matched: its text, and the match of a regular expression. */
export interface PathMatch {
  readonly text: string
  readonly match?: RegexMatch
}

export type PathPredicate = (request: RequestView) => PathMatch | undefined

/** Methods, hosts, headers and server names of a candidate, the cheap ones first. */
export function compilePredicates({ route }: Candidate): Predicate[] {
  const predicates: Predicate[] = []
  if (route.methods?.length) {
    const methods = new Set(route.methods)
    predicates.push(({ method }) => methods.has(method))
  }
  if (route.hosts?.length) predicates.push(anyOf(route.hosts.map(compileHost)))
  for (const [name, values] of Object.entries(route.headers ?? {})) predicates.push(compileHeader(name, values))
  if (route.snis?.length) predicates.push(anyOf(route.snis.map(compileSni)))
  return predicates
}

const anyOf =
  (choices: Predicate[]): Predicate =>
  (request) =>
    choices.some((holds) => holds(request))

function compileHost(pattern: string): Predicate {
  const [, name = pattern, port] = /^(.*?)(?::(\d+))?$/.exec(pattern) ?? []
  const matches = compileName(name)
  if (port === undefined) return ({ host }) => matches(host)
  return (request) => request.port === Number(port) && matches(request.host)
}

/** The name of a TLS handshake; over plain HTTP it doesn't count. */
function compileSni(pattern: string): Predicate {
  const matches = compileName(pattern.replace(/\.$/, ''))
  return ({ scheme, sni }) => scheme !== 'https' || (sni !== undefined && matches(sni))
}

/** `*.example.com`, `example.*`, or a name as it is; case counts. */
function compileName(pattern: string): (name: string) => boolean {
  if (pattern.startsWith('*')) return (name) => name.endsWith(pattern.slice(1))
  if (pattern.endsWith('*')) return (name) => name.startsWith(pattern.slice(0, -1))
  return (name) => name === pattern
}

function compileHeader(name: string, values: readonly string[]): Predicate {
  const choices = values.map((value) => {
    const lowered = value.toLowerCase()
    if (!lowered.startsWith('~*')) return (sent: string) => sent === lowered
    const regex = compile(lowered.slice(2))
    return (sent: string) => regex?.test(sent) ?? false
  })
  return (request) => {
    const sent = request.headerValues(name)
    return sent.some((value) => choices.some((holds) => holds(value)))
  }
}

/** Undefined where the candidate has no paths. */
export function compilePaths({ isRegex, paths }: Candidate): PathPredicate | undefined {
  if (paths.length === 0) return undefined
  if (!isRegex) {
    const matches = paths.map((text): PathMatch => ({ text }))
    return ({ path }) => matches.find(({ text }) => path.startsWith(text))
  }
  const regexes = pathRegexes(paths)
  return (request) => {
    for (const regex of regexes) {
      const match = regex.exec(request.pathText)
      if (match) return { text: Buffer.from(match.texts[0] ?? '', 'utf8').toString('latin1'), match }
    }
    return undefined
  }
}

/** Texts, one of which every matching path starts with, in latin1; undefined when there is no telling. */
export function pathPrefixes({ isRegex, paths }: Candidate): string[] | undefined {
  if (paths.length === 0) return undefined
  if (!isRegex) return [...paths]
  const prefixes = pathRegexes(paths).map(({ literalPrefix }) => Buffer.from(literalPrefix, 'utf8').toString('latin1'))
  return prefixes.every((prefix) => prefix !== '') ? prefixes : undefined
}

const pathRegexes = (paths: readonly string[]): RustRegex[] =>
  paths.flatMap((path) => compile(`^${Buffer.from(path.slice(1), 'latin1').toString('utf8')}`) ?? [])

/** Compiled patterns, and those of a while ago: an edit changes few of them, and compiling thousands takes a second. */
let recent = new Map<string, RustRegex>()
let earlier = new Map<string, RustRegex>()
const recentLimit = 20_000

/** A configuration with a pattern that can't be compiled is refused before it comes here. */
function compile(pattern: string): RustRegex | undefined {
  const known = recent.get(pattern) ?? earlier.get(pattern)
  if (known) return remember(pattern, known)
  const compiled = compileRustRegex(pattern)
  return compiled.ok ? remember(pattern, compiled.regex) : undefined
}

function remember(pattern: string, regex: RustRegex): RustRegex {
  if (recent.size >= recentLimit) {
    earlier = recent
    recent = new Map()
  }
  recent.set(pattern, regex)
  return regex
}
