import { compilePcre } from '../../config/schema/pcre.ts'

/** An origin taken apart as far as comparing needs. */
interface Origin {
  /** Scheme, host and port; a port that is the scheme's own is left out. */
  readonly whole: string
  readonly host: string
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' }

function readOrigin(text: string): Origin {
  const [, scheme, host, port] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#:]*)(?::([0-9]*))?(?=[/?#]|$)/.exec(text) ?? []
  if (scheme === undefined || !host) return { whole: text, host: text }
  const shownPort = port && port !== DEFAULT_PORTS[scheme] ? `:${port}` : ''
  return { whole: `${scheme}://${host}${shownPort}`, host }
}

/** A plain entry has nothing in it that could be meant as a regular expression. */
export function isPlain(entry: string): boolean {
  return /^[A-Za-z0-9.:/-]+$/.test(entry)
}

/**
 * Compiles a list of origins. The answer is the origin to announce, or undefined where none of the list matches.
 * Expressions are anchored at both ends, and see the host alone if they have no colon. Kong 3.9, plugins/cors.
 */
export function originMatcher(entries: readonly string[]): (origin: string) => string | undefined {
  const tests = entries.map((entry) => {
    if (isPlain(entry)) {
      const { whole } = readOrigin(entry)
      return (origin: Origin) => origin.whole === whole
    }
    const pattern = compilePcre(`^(?:${entry}$)`)
    const part = entry.includes(':') ? 'whole' : 'host'
    return (origin: Origin) => pattern?.test(origin[part]) === true
  })
  return (text) => {
    const origin = readOrigin(text)
    return tests.some((matches) => matches(origin)) ? origin.whole : undefined
  }
}
