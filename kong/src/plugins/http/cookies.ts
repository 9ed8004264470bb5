import type { HeaderList } from '../../headers.ts'

/** The first cookie of a name, whose case does not matter, as nginx's `$cookie_NAME` finds it. */
export function findCookie(headers: HeaderList, name: string): string | undefined {
  const wanted = name.toLowerCase()
  for (const line of headers.all('cookie')) {
    for (const piece of line.split(';')) {
      const equals = piece.indexOf('=')
      if (equals >= 0 && piece.slice(0, equals).trim().toLowerCase() === wanted) return piece.slice(equals + 1).trim()
    }
  }
  return undefined
}
