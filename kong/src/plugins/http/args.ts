import { decodePercent } from './percent.ts'

/** One argument's value: `true` stands for a name without `=`, a list for a name that came more than once. */
export type ArgValue = string | true | readonly (string | true)[]

/** Arguments by name, in the order in which each name came first. */
export type Args = ReadonlyMap<string, ArgValue>

/**
 * Reads a query string or a form body as nginx's Lua module does: `+` is a blank, a bad `%` stays as it is, arguments
 * without a name are skipped, and those after the hundredth are not read.
 */
export function parseArgs(text: string | undefined, limit = 100): Args {
  const args = new Map<string, ArgValue>()
  if (!text) return args
  let count = 0
  for (const piece of text.split('&')) {
    if (count === limit) break
    const equals = piece.indexOf('=')
    const name = decodePercent(equals < 0 ? piece : piece.slice(0, equals))
    if (name === '') continue
    count++
    const value = equals < 0 ? true : decodePercent(piece.slice(equals + 1))
    const known = args.get(name)
    if (known === undefined) args.set(name, value)
    else args.set(name, Array.isArray(known) ? [...known, value] : [known as string | true, value])
  }
  return args
}

/** The values of a name as a list; empty where it is absent. */
export function valuesOf(args: Args, name: string): readonly (string | true)[] {
  const value = args.get(name)
  if (value === undefined) return []
  return typeof value === 'object' ? value : [value]
}
