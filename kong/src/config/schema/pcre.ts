import { compileRustRegex } from '../../router/rust-regex.ts'

/** A compiled expression of a plugin's configuration. */
export interface Pattern {
  test(text: string): boolean
}

/**
 * Compiles an expression that Kong would give to PCRE, leading flags such as `(?i)` included. What has no look-around
 * and no back-references is matched in linear time. Undefined where it is no expression, or none that can be said here.
 */
export function compilePcre(pattern: string): Pattern | undefined {
  const compiled = compileRustRegex(pattern)
  if (compiled.ok) return compiled.regex
  try {
    return new RegExp(pattern)
  } catch {
    return undefined
  }
}
