/** The same directives for nginx's block `http` and, overriding it, for the proxy's own `server`. */
function inBothBlocks(directives: Readonly<Record<string, string>>): Record<string, string> {
  const described = Object.entries(directives)
  return Object.fromEntries([
    ...described.map(([name, text]) => [`KONG_NGINX_HTTP_${name}`, text]),
    ...described.map(([name]) => [`KONG_NGINX_PROXY_${name}`, 'the same, and overrides it']),
  ])
}

/** What each setting that is read means, for the documentation. */
export const descriptions: Readonly<Record<string, string>> = {
  KONG_DECLARATIVE_CONFIG: 'the kong.yml to run (`--config`)',
  KONG_DECLARATIVE_CONFIG_STRING: 'the configuration itself, where no file is named',
  KONG_PLUGINS: "`bundled`, `off`, names, and paths of [plugins of one's own](own-plugins.md) (`--plugin`)",
  KONG_PROXY_LISTEN: 'where clients call (`--proxy-listen`), with `ssl` and `http2` as in Kong; nowhere unless given',
  KONG_ADMIN_LISTEN: 'where the Admin API listens (`--admin-listen`); nowhere unless given',
  KONG_STATUS_LISTEN: 'where the Status API listens (`--status-listen`); nowhere unless given',
  KONG_ADMIN_TOKEN:
    'not in Kong: the `Kong-Admin-Token` that every write must carry, and beyond loopback every read too; must be set where the Admin API listens beyond loopback',
  KONG_ADMIN_ALLOWED_HOSTS:
    'not in Kong: host names by which the Admin and Status API may be called, besides loopback and the addresses they listen on (`--admin-allowed-hosts`); none',
  KONG_PLUGIN_FILES_DIR:
    'not in Kong: the folder that plugins may write files in, such as those of `file-log` (`--plugin-files-dir`); anywhere',
  KONG_NGINX_ADMIN_CLIENT_MAX_BODY_SIZE: 'the largest body of `POST /config`; `10m`',
  ...inBothBlocks({
    CLIENT_MAX_BODY_SIZE: 'the largest body of a request, `0` for no limit (413); `0`',
    CLIENT_HEADER_TIMEOUT: 'time for the whole head of a request, and for the TLS handshake; `60s`',
    CLIENT_BODY_TIMEOUT: 'time between two reads of a body; `60s`',
    SEND_TIMEOUT: 'time between two writes of an answer; `60s`',
    KEEPALIVE_TIMEOUT: 'time that an idle connection is kept; `75s`',
    KEEPALIVE_REQUESTS: 'requests on one connection; 10000',
  }),
  KONG_NGINX_EVENTS_WORKER_CONNECTIONS:
    'connections of all clients; beyond it the longest idle one is closed, else the new one; `auto`, which is 16384',
  KONG_CONNECTIONS_PER_ADDRESS:
    'our own: connections of one client address (of IPv6: of one /64) that is not in `KONG_TRUSTED_IPS`; no limit',
  KONG_SPOOL_MAX_SIZE: 'our own: bytes of request bodies kept at once, in memory and on disk (503 beyond it); `1g`',
  KONG_VAULT_ENV_PREFIX: 'what stands before the names of variables in `{vault://env/…}`',
  KONG_PREFIX:
    'the folder in which certificates that had to be made are kept (`ssl/kong-default.crt`); nowhere unless given',
  KONG_SSL_CERT: 'files of certificates for names that the configuration has none for; made unless given',
  KONG_SSL_CERT_KEY: 'the files of their keys, in the same order',
  KONG_ADMIN_SSL_CERT: 'the same for the Admin API',
  KONG_ADMIN_SSL_CERT_KEY: 'the same for the Admin API',
  KONG_STATUS_SSL_CERT: 'the same for the Status API',
  KONG_STATUS_SSL_CERT_KEY: 'the same for the Status API',
  KONG_PROXY_ACCESS_LOG:
    "the file of the access log, relative to `KONG_PREFIX`, or `/dev/stdout`; in Kong's own format, with secrets in URLs redacted and no user; `off`, where Kong has `logs/access.log`",
  KONG_LOG_LEVEL: '`debug`, `info`, `notice` (the same as info), `warn`, `error`, …; `info`',
  KONG_TRUSTED_IPS: 'addresses and ranges whose forwarded headers are believed; none',
  KONG_REAL_IP_HEADER: "the header that holds the client's address; `X-Real-IP`",
  KONG_REAL_IP_RECURSIVE: 'whether trusted addresses in it are skipped from the right; `off`',
  KONG_HEADERS: 'which headers the gateway adds to answers; `server_tokens, latency_tokens, X-Kong-Request-Id`',
  KONG_HEADERS_UPSTREAM: 'the same for requests to the upstream; `X-Kong-Request-Id`',
  KONG_ALLOW_DEBUG_HEADER: 'whether `Kong-Debug: 1` shows the route and the service; `off`',
  KONG_ERROR_DEFAULT_TYPE: 'the type of error pages where the client names none; `text/plain`',
  KONG_PORT_MAPS: 'the ports that clients see: `443:8443`',
  KONG_TRACING_INSTRUMENTATIONS: 'what the opentelemetry plugin makes spans of; `off`',
  KONG_TRACING_SAMPLING_RATE: 'the share of requests that it traces, 0 to 1; `0.01`',
  KONG_DNS_RESOLVER: 'name servers to ask, `address` or `address:port`; those of the system',
  KONG_DNS_VALID_TTL: 'seconds that an answer is good for, whatever its records say; as they say',
  KONG_DNS_STALE_TTL: 'seconds that an old answer is used while a new one is asked for; 3600',
  KONG_DNS_NOT_FOUND_TTL: 'seconds that a name without addresses is remembered; 30',
  KONG_DNS_ERROR_TTL: 'seconds that a failed look-up is remembered; 1',
  KONG_UPSTREAM_KEEPALIVE_POOL_SIZE: 'idle connections kept for each upstream; 512',
  KONG_UPSTREAM_KEEPALIVE_MAX_REQUESTS: 'requests on one connection; 10000',
  KONG_UPSTREAM_KEEPALIVE_IDLE_TIMEOUT: 'seconds that an idle connection is kept; 60',
}
