import { entitySchemas } from '../src/config/entities/index.ts'
import { allLints, LITERAL_REFERENCE } from '../src/config/lints/index.ts'
import { STREAM_PROTOCOLS, unsupportedCollections } from '../src/config/unsupported.ts'
import { unsupportedPlugins } from '../src/plugins/unsupported.ts'
import { fieldTable } from './fields.ts'
import { code, folded, list, table } from './markdown.ts'

/** Every collection and field, and what of Kong's can't be honoured. */
export function configurationSection(): string {
  const collections = [...entitySchemas.values()].map(({ name, fields, shorthand_fields }) =>
    folded(code(name).replaceAll('`', ''), fieldTable(fields, shorthand_fields)),
  )
  return `## Configuration

Formats \`1.1\`, \`2.1\` and \`3.0\`; YAML 1.1 as Kong's reader understands it, or JSON. Entities nest, are named by id or by name,
and get the ids that Kong derives. \`\${{ env "DECK_…" }}\` is filled in as decK does, \`{vault://env/…}\` is looked up where Kong
does. Errors come as Kong's tree (and as \`flattened_errors\`), and for people with line, column, path and the likely word.

${collections.join('\n')}

### Refused

What can't be honoured is refused when the file is read, with its place; nothing is ignored.

${table([['what', 'why'], ...refusals()])}

Names that Kong's open-source edition does not know either (\`consumer_groups\`, \`partials\`, \`ordering\`, \`ws\` and \`wss\` routes,
decK's own \`_info\` and its like) are refused in Kong's words.

### Taken with a warning

\`kong check\` and the log tell of these; the file is taken all the same.

${list([...allLints.map(({ about }) => about), LITERAL_REFERENCE])}`
}

const refusals = (): string[][] => [
  ...[...unsupportedCollections].map(([name, reason]) => [code(name), reason]),
  [
    `routes and services of ${[...STREAM_PROTOCOLS].map(code).join(', ')}`,
    'streams are not proxied; a service of such a protocol is refused once a route leads to it',
  ],
  [
    `plugins: ${[...unsupportedPlugins.keys()].map(code).join(', ')}`,
    "not built in: they need Lua, or a service of somebody else's; real Kong runs them",
  ],
  [`vaults other than ${code('env')}`, "Kong's open-source edition has no other either"],
  [
    'Lua in templates and `custom_fields_by_lua` beyond expressions over what the request holds',
    'a small part of Lua is understood; the rest is refused with its line',
  ],
  [
    'the header `CONTENT-LENGTH` of http-log',
    "Kong's own check has a slip and lets it through where its second N is a capital; the log would then be sent with two lengths",
  ],
  ['`logs_endpoint` of opentelemetry', 'traces are exported, logs are not'],
  [
    "regular expressions with look-around or back-references, and Rust's flags `x`, `R`, `-u`",
    'the first are refused by Kong too; the others can not be said here',
  ],
]
