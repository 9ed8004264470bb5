/** Settings of Kong's (kong.conf, 3.9) that the gateway does not read: some may stand with one value, the others are refused. */

/** Settings that have these values here, and no others. */
export const fixed: Readonly<Record<string, readonly string[]>> = {
  KONG_ADMIN_ACCESS_LOG: ['off'],
  KONG_ADMIN_ERROR_LOG: ['/dev/stderr'],
  KONG_ADMIN_GUI_LISTEN: ['off'],
  KONG_ANONYMOUS_REPORTS: ['off'],
  KONG_CLUSTER_LISTEN: ['off'],
  KONG_DATABASE: ['off'],
  KONG_DNS_ORDER: ['LAST,SRV,A,CNAME'],
  KONG_LUA_MAX_POST_ARGS: ['100'],
  KONG_LUA_MAX_REQ_HEADERS: ['100'],
  KONG_LUA_MAX_RESP_HEADERS: ['100'],
  KONG_LUA_MAX_URI_ARGS: ['100'],
  KONG_NEW_DNS_CLIENT: ['off'],
  KONG_NGINX_DAEMON: ['off'],
  KONG_NGINX_HTTP_MAX_HEADERS: ['1000'],
  KONG_NGINX_PROXY_MAX_HEADERS: ['1000'],
  KONG_NGINX_WORKER_PROCESSES: ['1'],
  KONG_PROXY_ERROR_LOG: ['/dev/stderr'],
  KONG_REQUEST_DEBUG: ['off'],
  KONG_ROLE: ['traditional'],
  KONG_ROUTER_FLAVOR: ['traditional_compatible'],
  KONG_SSL_CIPHER_SUITE: ['intermediate'],
  KONG_SSL_PROTOCOLS: ['TLSv1.2 TLSv1.3'],
  KONG_STATUS_ACCESS_LOG: ['off'],
  KONG_STATUS_ERROR_LOG: ['/dev/stderr'],
  KONG_STREAM_LISTEN: ['off'],
  KONG_UNTRUSTED_LUA: ['sandbox'],
  KONG_WASM: ['off'],
  // A new configuration is in force everywhere before POST /config is answered: both hold.
  KONG_WORKER_CONSISTENCY: ['eventual', 'strict'],
}

/** Settings that may have any value, since what they are about is not there; each with the reason. */
export const immaterial: Readonly<Record<string, string>> = {
  KONG_MEM_CACHE_SIZE: 'entities are not kept in a cache of limited size',
}

/** Why settings are refused: by what their names begin with, the first that fits. */
export const refused: readonly (readonly [beginnings: readonly string[], reason: string])[] = [
  [['PG_', 'DB_', 'DATABASE_', 'CASSANDRA_'], 'there is no database'],
  [['CLUSTER_', 'DATA_PLANE_', 'CONTROL_PLANE_', 'DEDICATED_', 'INCREMENTAL_', 'RPC'], 'there is no hybrid mode'],
  [['NGINX_'], 'there is no nginx to give other directives to'],
  [['ADMIN_GUI_'], 'there is no Kong Manager'],
  [['PROXY_STREAM_', 'STREAM_'], 'streams are not proxied'],
  [['PROXY_ERROR_LOG', 'ADMIN_ACCESS_LOG', 'ADMIN_ERROR_LOG'], 'logs go to standard error'],
  [['SSL_', 'CLIENT_SSL', 'ADMIN_SSL', 'STATUS_SSL', 'LUA_SSL'], 'the gateway has no such TLS setting'],
  [['DNS_', 'RESOLVER_'], 'of the DNS client only the resolver and the times can be set'],
  [['VAULT_'], "the environment is the only vault, as in Kong's open-source edition"],
  [['WASM_'], 'there are no WebAssembly filters'],
  [['LUA_', 'UNTRUSTED_LUA_'], 'there is no Lua'],
  [['ERROR_TEMPLATE_'], 'error pages have the form that Kong gives them by default'],
  [
    ['ENFORCE_', 'LICENSE_', 'PORTAL', 'RBAC', 'AUDIT_', 'KEYRING_', 'SMTP', 'VITALS', 'EVENT_HOOKS'],
    "it belongs to Kong's Enterprise edition",
  ],
]

/** The reason for which a setting is refused; undefined for a name that is not known here. */
export const whyRefused = (name: string): string | undefined =>
  refused.find(([beginnings]) => beginnings.some((beginning) => name.startsWith(`KONG_${beginning}`)))?.[1]

/**
 * Variables that a container orchestrator sets beside a service called `kong`; they only look like settings
 * (`KONG_PORT_8000_TCP_ADDR`, `KONG_SERVICE_HOST`).
 */
export const isLinkVariable = (name: string): boolean =>
  /^KONG_(?:[A-Z0-9_]*_)?(?:PORT(?:_\d+_(?:TCP|UDP)(?:_(?:ADDR|PORT|PROTO))?)?|SERVICE_(?:HOST|PORT(?:_[A-Z0-9_]+)?))$/.test(
    name,
  ) && name !== 'KONG_PORT_MAPS'
