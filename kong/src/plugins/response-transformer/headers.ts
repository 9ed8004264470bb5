import type { HeaderList } from '../../headers.ts'
import { splitEntry } from '../entries/entry.ts'
import { responseHeaderName } from '../http/response-header-name.ts'
import { visibleValues } from '../http/visible-headers.ts'
import { toWire } from '../http/wire-text.ts'

/** The header lists of the plugin by what they do. */
export interface HeaderRules {
  readonly remove: readonly string[]
  readonly rename: readonly string[]
  readonly replace: readonly string[]
  readonly add: readonly string[]
  readonly append: readonly string[]
}

/**
 * Changes the headers of an answer. What is there to be renamed, replaced or not added goes by the headers as they
 * came, whatever the rules before have done.
 */
export function transformHeaders(headers: HeaderList, rules: HeaderRules): void {
  const before = headers.clone()
  const came = (name: string) => visibleValues(before, name)
  for (const { name } of pairsOf(rules.remove)) headers.remove(responseHeaderName(name))
  for (const { name, value } of pairsOf(rules.rename)) {
    const values = came(name)
    if (values.length === 0 || value === '') continue
    const newName = responseHeaderName(value)
    headers.remove(newName)
    for (const each of values) headers.add(newName, each)
    headers.remove(responseHeaderName(name))
  }
  for (const { name, value } of pairsOf(rules.replace)) {
    if (value !== '' && came(name).length > 0) headers.set(responseHeaderName(name), value)
  }
  for (const { name, value } of pairsOf(rules.add)) {
    if (value !== '' && came(name).length === 0) headers.set(responseHeaderName(name), value)
  }
  for (const { name, value } of pairsOf(rules.append)) {
    if (value !== '') headers.add(responseHeaderName(name), value)
  }
}

function pairsOf(entries: readonly string[]): readonly { readonly name: string; readonly value: string }[] {
  return entries.map((entry) => splitEntry(toWire(entry)))
}
