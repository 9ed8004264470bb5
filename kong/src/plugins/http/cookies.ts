import type { HeaderList } from '../../headers.ts'

/**
 * The first cookie of a name, whose case does not matter, as nginx's `$cookie_NAME` finds it: a comma too may end a
 * cookie of another name, but not the value that is looked for.
 */
export function findCookie(headers: HeaderList, name: string): string | undefined {
  const wanted = name.toLowerCase()
  for (const line of headers.all('cookie')) {
    const value = findIn(line, wanted)
    if (value !== undefined) return value
  }
  return undefined
}

function findIn(line: string, wanted: string): string | undefined {
  const cookie = /([^=;,]*)= *([^;]*)/y
  const toNext = /[^;,]*[;,]? */y
  while (toNext.lastIndex < line.length) {
    cookie.lastIndex = toNext.lastIndex
    const [, name, value] = cookie.exec(line) ?? []
    if (name?.trimEnd().toLowerCase() === wanted) return value
    toNext.exec(line)
  }
  return undefined
}
