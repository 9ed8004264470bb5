/**
 * Regular expressions as Kong's router takes them: those of Rust's `regex` crate, which match in linear time.
 * They are parsed, and either said in JavaScript where its engine can't run away on them, or run by an automaton.
 */
import { matchLinearly } from './rust-regex/automaton.ts'
import { canBacktrackFar } from './rust-regex/backtracking.ts'
import { parseRustRegex } from './rust-regex/parser.ts'
import { type Node, RegexRefusal, toSource } from './rust-regex/syntax-tree.ts'

/** The whole match and its groups, by number; undefined where a group took no part. */
export interface RegexMatch {
  readonly index: number
  readonly texts: readonly (string | undefined)[]
  readonly names: Readonly<Record<string, number>>
}

export interface RustRegex {
  /** Text that every match starts with, at the start of the input; empty where there is none to tell. */
  readonly literalPrefix: string
  test(text: string): boolean
  exec(text: string): RegexMatch | undefined
}

export type CompiledRegex =
  | { readonly ok: true; readonly regex: RustRegex }
  /** `reason` has the words of the regex crate, with carets under the place. */
  | { readonly ok: false; readonly reason: string }

/** Compiles a pattern; lone flags and repeats of repeats included. Never throws. */
export function compileRustRegex(pattern: string): CompiledRegex {
  try {
    return { ok: true, regex: createRegex(parseRustRegex(pattern)) }
  } catch (error) {
    if (error instanceof RegexRefusal) return { ok: false, reason: error.message }
    if (error instanceof SyntaxError || error instanceof RangeError)
      return { ok: false, reason: `regex parse error:\n    ${pattern}\nerror: ${error.message}` }
    throw error
  }
}

function createRegex(tree: Node): RustRegex {
  const names = Object.fromEntries(namedGroups(tree))
  const literalPrefix = readLiteralPrefix(tree)
  const native = new RegExp(toSource(tree), 'v')
  if (canBacktrackFar(tree)) {
    const run = matchLinearly(tree)
    return {
      literalPrefix,
      test: (text) => run(text) !== undefined,
      exec: (text) => {
        const found = run(text)
        return found && { ...found, names }
      },
    }
  }
  return {
    literalPrefix,
    test: (text) => native.test(text),
    exec: (text) => {
      const found = native.exec(text)
      return found === null ? undefined : { index: found.index, texts: found, names }
    },
  }
}

function namedGroups(node: Node): [string, number][] {
  switch (node.kind) {
    case 'group':
      return [
        ...(node.name === undefined ? [] : [[node.name, node.index] as [string, number]]),
        ...namedGroups(node.body),
      ]
    case 'sequence':
      return node.parts.flatMap(namedGroups)
    case 'choice':
      return node.choices.flatMap(namedGroups)
    case 'repeat':
      return namedGroups(node.body)
    default:
      return []
  }
}

function readLiteralPrefix(tree: Node): string {
  if (tree.kind !== 'sequence') return ''
  const [first, ...rest] = tree.parts
  if (first?.kind !== 'assertion' || !first.start) return ''
  let prefix = ''
  for (const part of rest) {
    if (part.kind !== 'character' || part.literal === undefined) break
    prefix += part.literal
  }
  return prefix
}
