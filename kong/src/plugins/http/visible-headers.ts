import type { HeaderList } from '../../headers.ts'

/** Kong's plugins see no header beyond this many lines. */
const LIMIT = 100

/**
 * The values of a header as Kong's plugins find them: among the first hundred lines, by the name itself, or else with
 * dashes for its underscores.
 */
export function visibleValues(headers: HeaderList, name: string): readonly string[] {
  const { lines } = headers
  const wanted = name.toLowerCase()
  const values: string[] = []
  for (let i = 0; i < lines.length && i < LIMIT * 2; i += 2) {
    if ((lines[i] as string).toLowerCase() === wanted) values.push(lines[i + 1] as string)
  }
  return values.length === 0 && name.includes('_') ? visibleValues(headers, name.replaceAll('_', '-')) : values
}
