import { adminPaths } from '../src/admin/surface.ts'
import { code, folded, table } from './markdown.ts'

/** Every path of the Admin API. */
export function adminSection(): string {
  const rows = [...adminPaths]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, methods }) => [code(path.replace(/:(\w+)/g, '{$1}')), [...methods].sort().join(', ')])
  return `## Admin API

Reading is as in Kong: lists by pages and tags, single entities, schemas, health, metrics. \`POST /config\` is answered once the
new configuration is in force. Writes of single entities are checked and then refused with 405, as in Kong without a
database. It listens on loopback; elsewhere it asks for a token. Different from Kong: \`GET /status\` says besides what is wrong
with an edit that was refused (\`configuration_error\`), and memory is that of Node.js.

${folded(`${rows.length} paths`, table([['path', 'methods'], ...rows]))}`
}
