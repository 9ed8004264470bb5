import { registry } from '../src/plugins/index.ts'
import type { Plugin } from '../src/plugins/plugin.ts'
import { fieldTable } from './fields.ts'
import { code, folded, table } from './markdown.ts'

const PHASES = ['rewrite', 'access', 'headerFilter', 'bodyFilter', 'log'] as const
const SCOPES = ['route', 'service', 'consumer'] as const

/** Every built-in plugin in the order in which they run, with its fields. */
export function pluginsSection(): string {
  const plugins = [...registry.values()].sort((a, b) => b.priority - a.priority || (a.name < b.name ? 1 : -1))
  const head = ['plugin', 'priority', 'phases', 'may be scoped to']
  const details = plugins.map(({ name, schema }) =>
    folded(name, fieldTable(schema.fields ?? {}, schema.shorthand_fields)),
  )
  return `## Plugins

In the order in which they run, as in Kong. One instance of each runs for a request, the most specific one.

${table([head, ...plugins.map(rowOf)], [1])}

The fields of each \`config\`:

${details.join('\n')}

Plugins of your own: [own-plugins.md](own-plugins.md).`
}

const rowOf = (plugin: Plugin): string[] => [
  code(plugin.name),
  String(plugin.priority),
  PHASES.filter((phase) => plugin[phase] !== undefined).join(', '),
  SCOPES.filter((scope) => !plugin.unscopable?.includes(scope)).join(', '),
]
