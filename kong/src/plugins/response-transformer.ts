import { array, record, string, type Value } from '../config/schema/field.ts'
import type { Exchange } from '../exchange.ts'
import { checkHeaderPair, checkHeaderRename, checkPair } from './entries/checks.ts'
import { perConfig } from './per-config.ts'
import type { Plugin } from './plugin.ts'
import { type HeaderRules, transformHeaders } from './response-transformer/headers.ts'
import { changesJson, isJson, type JsonRules, type JsonType, transformJson } from './response-transformer/json-body.ts'

const names = array(string(), { required: true, default: [] })
const pairs = array(string({ custom: checkPair }), { required: true, default: [] })
const types = array(string({ one_of: ['boolean', 'number', 'string'] }), { required: true, default: [] })
const headerPairs = array(string({ match: /^[^:]+:.*$/, custom: checkHeaderPair }), { required: true, default: [] })
const headerRenames = array(string({ match: /^[^:]+:.*$/, custom: checkHeaderRename }), { required: true, default: [] })

const additions = record({ json: pairs, json_types: types, headers: headerPairs })

const schema = record({
  remove: record({ json: names, headers: names }),
  rename: record({ headers: headerRenames, json: pairs }),
  replace: additions,
  add: additions,
  append: additions,
})

type Config = Value<typeof schema>

/** Changes what the client is sent. Spec: Kong Hub, response-transformer. */
export const responseTransformer = {
  name: 'response-transformer',
  priority: 800,
  version: '3.9.1',
  schema,
  protocols: ['grpc', 'grpcs', 'http', 'https', 'tcp', 'tls', 'tls_passthrough', 'udp'],
  headerFilter(exchange, config) {
    const { response } = exchange
    if (!response) return
    const { headers, json } = rulesOf(config)
    const buffers = changesJson(json) && isJson(response.headers.get('content-type'))
    transformHeaders(response.headers, headers)
    if (!buffers) return
    response.headers.remove('content-length')
    response.rewritesBody = true
    exchange.shared.set('response-transformer', [])
  },
  readsBody: (exchange) => heldBack(exchange) !== undefined,
  bodyFilter(exchange, config, chunk, last) {
    const pieces = heldBack(exchange)
    if (!pieces) return chunk
    pieces.push(chunk)
    return last ? transformJson(Buffer.concat(pieces), rulesOf(config).json) : Buffer.alloc(0)
  },
} satisfies Plugin<typeof schema>

/** The pieces of a body that is to be changed once it is whole. */
function heldBack({ shared }: Exchange): Buffer[] | undefined {
  return shared.get('response-transformer') as Buffer[] | undefined
}

const rulesOf = perConfig(
  ({ remove, rename, replace, add, append }: Config): { readonly headers: HeaderRules; readonly json: JsonRules } => ({
    headers: {
      remove: remove.headers,
      rename: rename.headers,
      replace: replace.headers,
      add: add.headers,
      append: append.headers,
    },
    json: {
      remove: remove.json,
      rename: rename.json,
      replace: typed(replace),
      add: typed(add),
      append: typed(append),
    },
  }),
)

function typed({ json, json_types }: Config['add']): JsonRules['add'] {
  return { json, json_types: json_types as readonly JsonType[] }
}
