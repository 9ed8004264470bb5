import { descriptions } from '../src/settings/descriptions.ts'
import { honouredNames } from '../src/settings/kong-environment.ts'
import { fixed, immaterial, refused } from '../src/settings/other-settings.ts'
import { code, list, table } from './markdown.ts'

const namesLike = (beginning: string): string => code(`KONG_${beginning}${beginning.endsWith('_') ? '…' : ''}`)

/** Every setting: read, fixed, without matter, or refused. */
export function settingsSection(): string {
  const read = honouredNames().map((name) => [code(name), descriptions[name] ?? ''])
  const only = Object.entries(fixed).map(([name, values]) => `${code(name)}: ${values.map(code).join(' or ')}`)
  const any = Object.entries(immaterial).map(([name, reason]) => `${code(name)}: ${reason}`)
  const reasons = refused.map(([beginnings, reason]) => [beginnings.map(namesLike).join(', '), reason])
  return `## Settings

Kong's own names in the environment; the command line stands over them. Exit code 2 names a setting that is wrong.

${table([['read', 'what it says, and its default'], ...read])}

These may stand, with the value that is so anyway:

${list(only)}

And these with any value:

${list(any)}

Every other one is refused by its name:

${table([['names', 'why'], ...reasons, ['others', 'not known here; real Kong may have it']])}`
}
