/** Rust's named classes in JavaScript's words, for the `v` flag; inside brackets and outside alike. */

const PERL: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  s: '\\p{White_Space}',
  w: '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]',
}

export const WORD = PERL.w as string

/** `\d`, `\s`, `\w` and their opposites; undefined for another letter. */
export function perlClass(letter: string): string | undefined {
  const source = PERL[letter.toLowerCase()]
  if (source === undefined) return undefined
  return letter === letter.toLowerCase() ? source : `[^${source}]`
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: '[0-9A-Za-z]',
  alpha: '[A-Za-z]',
  ascii: '[\\x00-\\x7F]',
  blank: '[\\t ]',
  cntrl: '[\\x00-\\x1F\\x7F]',
  digit: '[0-9]',
  graph: '[!-~]',
  lower: '[a-z]',
  print: '[ -~]',
  punct: '[\\x21-\\x2F\\x3A-\\x40\\x5B-\\x60\\x7B-\\x7E]',
  space: '[\\t\\n\\v\\f\\r ]',
  upper: '[A-Z]',
  word: '[0-9A-Za-z_]',
  xdigit: '[0-9A-Fa-f]',
}

/** `[:alpha:]` and `[:^alpha:]`. */
export function posixClass(name: string): string | undefined {
  const source = POSIX[name.replace(/^\^/, '')]
  return source && (name.startsWith('^') ? `[^${source}]` : source)
}

/** `\p{…}`: Rust takes names loosely (`greek`, `script=Greek`), JavaScript exactly; undefined when it knows none. */
export function unicodeClass(name: string, negated: boolean): string | undefined {
  const inverse = name.startsWith('^') !== negated
  const bare = name.replace(/^\^/, '').trim()
  const capital = bare.replace(/[A-Za-z]+/g, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
  const candidates = [bare, capital, bare.toUpperCase()].flatMap((word) => [
    word,
    `Script_Extensions=${word}`,
    `Script=${word}`,
  ])
  const known = candidates.find((candidate) => {
    try {
      return new RegExp(`\\p{${candidate.replace(/^(?:sc|script)[=:]/i, 'Script=')}}`, 'v') !== undefined
    } catch {
      return false
    }
  })
  return known && `\\${inverse ? 'P' : 'p'}{${known.replace(/^(?:sc|script)[=:]/i, 'Script=')}}`
}

/** A code point as it may stand in a class or outside. */
export const escapeCharacter = (character: string): string =>
  /^[A-Za-z0-9_ \u0080-\u{10FFFF}]$/u.test(character) && !/[\u2028\u2029]/.test(character)
    ? character
    : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
