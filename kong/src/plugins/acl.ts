import { array, boolean, record, string } from '../config/schema/field.ts'
import type { Exchange } from '../exchange.ts'
import { toWire } from './http/wire-text.ts'
import type { Exit, Plugin } from './plugin.ts'

const schema = record({
  allow: array(string()),
  deny: array(string()),
  hide_groups_header: boolean({ required: true, default: false }),
  always_use_authenticated_groups: boolean({ required: true, default: false }),
})

/** Lets consumers through by their groups. Spec: Kong Hub, acl. */
export const acl = {
  name: 'acl',
  priority: 950,
  version: '3.9.1',
  schema,
  unscopable: ['consumer'],
  entity_checks: [
    { only_one_of: ['config.allow', 'config.deny'] },
    { at_least_one_of: ['config.allow', 'config.deny'] },
  ],
  access(exchange, config) {
    const groups = groupsOf(exchange, config.always_use_authenticated_groups)
    if (!groups) return refuse(exchange)
    const { allow, deny } = config
    if (allow && groups.length === 0) return refuse(exchange)
    const blocked = deny
      ? groups.some((group) => deny.includes(group))
      : !groups.some((group) => allow?.includes(group))
    if (blocked) return forbid()
    if (!config.hide_groups_header) exchange.upstream.headers.set('X-Consumer-Groups', toWire(groups.join(', ')))
    return undefined
  },
} satisfies Plugin<typeof schema>

/** The caller's groups, those of a consumer in the order of their ids; undefined where nobody is known. */
function groupsOf(exchange: Exchange, preferAuthenticated: boolean): readonly string[] | undefined {
  const { authenticatedGroups, configuration, consumer } = exchange
  if (authenticatedGroups && (preferAuthenticated || !consumer)) return authenticatedGroups
  if (!consumer) return undefined
  const acls = configuration.groupedBy('acls', 'consumer').get(consumer.id) ?? []
  return [...acls].sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ group }) => group)
}

function refuse({ credential }: Exchange): Exit {
  return credential ? forbid() : { kind: 'error', status: 401, message: 'Unauthorized' }
}

function forbid(): Exit {
  return { kind: 'error', status: 403, message: 'You cannot consume this service' }
}
