import type { EntityNode } from './document/entity-node.ts'
import type { Located } from './document/references.ts'
import { ErrorTree } from './schema/error-tree.ts'
import { isTable } from './schema/lua-table.ts'

const OTHER_PLUGIN = 'it belongs to a plugin that this gateway does not have'

/** Collections that Kong knows and this gateway does not, each with the reason: what is in them can't be honoured. */
export const unsupportedCollections: ReadonlyMap<string, string> = new Map([
  ['acme_storage', OTHER_PLUGIN],
  ['clustering_data_planes', 'there is no hybrid mode'],
  ['filter_chains', 'there are no WebAssembly filters'],
  ['oauth2_authorization_codes', OTHER_PLUGIN],
  ['oauth2_credentials', OTHER_PLUGIN],
  ['oauth2_tokens', OTHER_PLUGIN],
  ['parameters', 'there is no cluster to keep parameters of'],
  ['ratelimiting_metrics', 'counters are kept in memory or in Redis'],
  ['sessions', OTHER_PLUGIN],
  ['workspaces', 'there is one workspace, the default one'],
])

export const STREAM_PROTOCOLS: ReadonlySet<string> = new Set(['tcp', 'tls', 'tls_passthrough', 'udp'])

/** Why a member at the top of a document can't be honoured; undefined where it is not one of Kong's. */
export function whyUnsupported(name: string, value: unknown): string | undefined {
  const reason = unsupportedCollections.get(name)
  if (reason === undefined) return undefined
  if (value === null || (isTable(value) && Object.keys(value).length === 0)) return ''
  return `this gateway has no '${name}' (${reason}); only Kong itself can run this`
}

/** What is right for Kong but can't be honoured here. */
export function findUnsupported(nodes: readonly EntityNode[]): Located[] {
  const streamServices = new Set(
    nodes
      .filter(({ schema, value }) => schema.name === 'services' && STREAM_PROTOCOLS.has(String(value.protocol)))
      .map(({ value }) => value.id),
  )
  return nodes.filter(({ schema }) => schema.name === 'routes').flatMap((node) => unsupportedIn(node, streamServices))
}

function unsupportedIn(node: EntityNode, streamServices: ReadonlySet<unknown>): Located[] {
  const { protocols, service } = node.value as { protocols: readonly string[]; service: { id: string } | null }
  const stream = protocols.find((protocol) => STREAM_PROTOCOLS.has(protocol))
  if (stream !== undefined) {
    return [
      {
        node,
        field: 'protocols',
        message: `this gateway can't proxy '${stream}'; only Kong itself can run this route`,
      },
    ]
  }
  if (service && streamServices.has(service.id)) {
    return [
      {
        node,
        field: 'service',
        message: "this gateway can't proxy to a service of protocol 'tcp', 'tls', 'tls_passthrough' or 'udp'",
      },
    ]
  }
  return []
}

/** The errors as a tree of Kong's form. */
export function treeOf(refusals: readonly Located[]): ErrorTree {
  const errors = new ErrorTree()
  for (const { node, record, field, message } of refusals) {
    let at = errors
    for (const step of [...node.path, ...(record === undefined ? [] : [record])])
      at = at.child(typeof step === 'number' ? step + 1 : step)
    at.set(field, message)
  }
  return errors
}
