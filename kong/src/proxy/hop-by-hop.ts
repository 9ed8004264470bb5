import type { HeaderList } from '../headers.ts'

/** The names that a Connection value lists, in lower case, without those that speak of the connection itself. */
export function connectionOptions(value: string): string[] {
  if (value === '' || value === 'keep-alive') return []
  const names = value.split(',').map((name) => name.trim().toLowerCase())
  return names.filter((name) => name !== '' && name !== 'close' && name !== 'keep-alive' && name !== 'upgrade')
}

/** Whether a comma-separated value holds a token, whatever its case. */
export const hasToken = (value: string | undefined, token: string): boolean =>
  (value ?? '').split(',').some((part) => part.trim().toLowerCase() === token)

/** Takes several names out of a list. */
export function removeAll(headers: HeaderList, names: Iterable<string>): void {
  for (const name of names) headers.remove(name)
}
