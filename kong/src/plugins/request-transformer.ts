import { array, record, string, type Value } from '../config/schema/field.ts'
import type { Exchange } from '../exchange.ts'
import { escapePath } from '../proxy/upstream-path.ts'
import { checkHeaderName } from './entries/checks.ts'
import { compileTemplate } from './lua/template.ts'
import { perConfig } from './per-config.ts'
import type { Plugin } from './plugin.ts'
import { transformBody } from './request-transformer/body.ts'
import { checkHeaderPair, checkHeaderRename, checkPair, checkTemplate } from './request-transformer/checks.ts'
import { RequestTables } from './request-transformer/environment.ts'
import { type Rules, transformHeaders } from './request-transformer/headers.ts'
import { transformMethod, transformQuery } from './request-transformer/query.ts'

const names = array(string(), { required: true, default: [] })
const headerNames = array(string({ custom: checkHeaderName }), { required: true, default: [] })
const pairs = array(string({ custom: checkPair }), { required: true, default: [] })
const headerPairs = array(string({ match: /^[^:]+:.*$/, custom: checkHeaderPair }), { required: true, default: [] })
const headerRenames = array(string({ match: /^[^:]+:.*$/, custom: checkHeaderRename }), { required: true, default: [] })

const schema = record({
  http_method: string({ match: /^[A-Z]+$/ }),
  remove: record({ body: names, headers: headerNames, querystring: names }),
  rename: record({ body: pairs, headers: headerRenames, querystring: pairs }),
  replace: record({ body: pairs, headers: headerPairs, querystring: pairs, uri: string({ custom: checkTemplate }) }),
  add: record({ body: pairs, headers: headerPairs, querystring: pairs }),
  append: record({ body: pairs, headers: headerPairs, querystring: pairs }),
})

type Config = Value<typeof schema>

/** Changes what the upstream is sent. Spec: Kong Hub, request-transformer. */
export const requestTransformer = {
  name: 'request-transformer',
  priority: 801,
  version: '3.9.1',
  schema,
  protocols: ['grpc', 'grpcs', 'http', 'https', 'tcp', 'tls', 'tls_passthrough', 'udp'],
  access(exchange, config) {
    const tables = new RequestTables(exchange)
    const uri = uriTemplate(config)?.(tables.environment)
    if (uri !== undefined) setPath(exchange, uri)
    if (readsBody(config)) return transformWithBody(exchange, config, tables)
    transformHeaders(exchange, rulesOf(config, 'headers'), tables.environment)
    transformQuery(exchange, rulesOf(config, 'querystring'), tables)
    return undefined
  },
} satisfies Plugin<typeof schema>

/** Whether the body may be needed: for rules of its own, or for a method that moves a form into the query. */
const readsBody = perConfig(
  (config: Config) =>
    config.http_method !== null || Object.values(rulesOf(config, 'body')).some((list) => list.length > 0),
)

async function transformWithBody(exchange: Exchange, config: Config, tables: RequestTables): Promise<undefined> {
  if (config.http_method !== null) await transformMethod(exchange, config.http_method)
  transformHeaders(exchange, rulesOf(config, 'headers'), tables.environment)
  await transformBody(exchange, rulesOf(config, 'body'), tables.environment)
  transformQuery(exchange, rulesOf(config, 'querystring'), tables)
}

const uriTemplate = perConfig(({ replace }: Config) => (replace.uri === null ? null : compileTemplate(replace.uri)))

/** The path is not one. */
class PathExpected extends Error {
  override readonly name = 'PathExpected'
}

/** Replaces the whole path for the upstream, the service's own included; it is escaped. */
function setPath({ upstream }: Exchange, path: string): void {
  if (!path.startsWith('/')) throw new PathExpected(`the path '${path}' does not start with /`)
  upstream.path = escapePath(path)
}

function rulesOf({ remove, rename, replace, add, append }: Config, kind: 'headers' | 'body' | 'querystring'): Rules {
  return { remove: remove[kind], rename: rename[kind], replace: replace[kind], add: add[kind], append: append[kind] }
}
