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
database. Different from Kong: \`GET /status\` says besides what is wrong with an edit that was refused
(\`configuration_error\`), and memory is that of Node.js.

Safer than Kong: requests that a web page made a browser send are refused with 403, reads too, also on the Status API. Those
are requests with a \`Host\` other than loopback, the address listened on or one of \`KONG_ADMIN_ALLOWED_HOSTS\`, with the
\`Origin\` of another page, or with \`Sec-Fetch-Site: cross-site\` or \`same-site\`. Where \`KONG_ADMIN_TOKEN\` is set, every
request but GET, HEAD and OPTIONS must carry it as \`Kong-Admin-Token\`; where the Admin API listens beyond loopback it must be
set, and reads need it too. \`KONG_PLUGIN_FILES_DIR\` confines the files that plugins write.

${folded(`${rows.length} paths`, table([['path', 'methods'], ...rows]))}`
}
