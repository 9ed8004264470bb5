import type { HeaderList } from '../../headers.ts'
import { parseHttpTime } from '../http/http-time.ts'

/** The directives of Cache-Control by name: a number, a text, or `true` for one without a value. */
export type Directives = Readonly<Record<string, number | string | true>>

export function directivesOf(headers: HeaderList): Directives {
  const directives: Record<string, number | string | true> = {}
  for (const piece of headers.all('cache-control').join(',').split(',')) {
    const [, name, value] = /^\s*([^=]+?)\s*(?:=(.+))?$/.exec(piece) ?? []
    if (name === undefined) continue
    const number = Number(value)
    directives[name.toLowerCase()] = value === undefined ? true : Number.isNaN(number) ? value.trim() : number
  }
  return directives
}

/** Seconds that an answer says it may be kept; 0 where it says nothing. */
export function lifetimeOf(directives: Directives, headers: HeaderList, now: number): number {
  const given = directives['s-maxage'] ?? directives['max-age']
  if (typeof given === 'number') return Math.max(given, 0)
  const expires = parseHttpTime(headers.all('expires').at(-1) ?? '')
  return expires === undefined ? 0 : Math.max(expires - now, 0)
}
