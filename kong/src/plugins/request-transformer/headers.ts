import type { Exchange } from '../../exchange.ts'
import type { HeaderList } from '../../headers.ts'
import { visibleValues } from '../http/visible-headers.ts'
import type { Environment } from '../lua/expression.ts'
import { entriesOf } from './entries.ts'

/** The lists of one kind (headers, querystring or body) by what they do. */
export interface Rules {
  readonly remove: readonly string[]
  readonly rename: readonly string[]
  readonly replace: readonly string[]
  readonly add: readonly string[]
  readonly append: readonly string[]
}

/** Changes the headers for the upstream once every rule has been worked out; the Host is only ever replaced. */
export function transformHeaders({ upstream }: Exchange, rules: Rules, environment: Environment): void {
  if (Object.values(rules).every((list) => list.length === 0)) return
  const headers = upstream.headers.clone()
  const notHost = (name: string) => name.toLowerCase() !== 'host'
  for (const { name } of entriesOf(rules.remove)) if (notHost(name)) headers.remove(name)
  for (const { name, value } of entriesOf(rules.rename)) {
    const values = visibleValues(headers, name)
    if (values.length === 0 || !notHost(name)) continue
    rename({ headers, upstream }, { name, newName: value?.(environment) ?? '', values })
  }
  for (const { name, value } of entriesOf(rules.replace)) {
    const text = value?.(environment) ?? ''
    if (!notHost(name)) upstream.hostHeader = text
    else if (visibleValues(headers, name).length > 0) headers.set(name, text)
  }
  for (const { name, value } of entriesOf(rules.add)) {
    const text = value?.(environment) ?? ''
    if (notHost(name) && visibleValues(headers, name).length === 0) headers.set(name, text)
  }
  for (const { name, value } of entriesOf(rules.append)) {
    const text = value?.(environment) ?? ''
    if (!notHost(name)) continue
    // What was found under the name with dashes is repeated under the name with underscores, as in Kong.
    if (!headers.has(name)) for (const found of visibleValues(headers, name)) headers.add(name, found)
    headers.add(name, text)
  }
  upstream.headers = headers
}

interface Renaming {
  readonly name: string
  readonly newName: string
  readonly values: readonly string[]
}

interface Target {
  readonly headers: HeaderList
  readonly upstream: Exchange['upstream']
}

/** A header that is there under the new name already makes way; one that gets its own name stays. */
function rename({ headers, upstream }: Target, { name, newName, values }: Renaming): void {
  headers.remove(name)
  if (newName.toLowerCase() === 'host') {
    upstream.hostHeader = values[0]
    return
  }
  headers.remove(newName)
  for (const value of values) headers.add(newName, value)
}
