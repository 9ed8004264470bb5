import { describe, expect, it } from 'vitest'
import { readSettings } from './settings.ts'

const listening = { 'proxy-listen': '127.0.0.1:8000' }

describe('settings', () => {
  it('reads where to listen from the command line, over the environment', () => {
    const settings = readSettings(listening, {
      KONG_PROXY_LISTEN: '127.0.0.1:9000',
      KONG_ADMIN_LISTEN: '[::1]:8001 reuseport',
    })
    expect(settings.proxyListen).toEqual([{ host: '127.0.0.1', port: 8000, ssl: false, http2: false }])
    expect(settings.adminListen).toEqual([{ host: '::1', port: 8001, ssl: false, http2: false }])
  })

  it('reads what Kong calls its settings', () => {
    const settings = readSettings(listening, {
      KONG_TRUSTED_IPS: '127.0.0.1/32, 10.0.0.0/8',
      KONG_HEADERS: 'server_tokens,x-kong-upstream-status',
      KONG_UPSTREAM_KEEPALIVE_IDLE_TIMEOUT: '30',
      KONG_LOG_LEVEL: 'notice',
      KONG_DATABASE: 'off',
    })
    expect(settings.proxy.trustedIps).toEqual(['127.0.0.1/32', '10.0.0.0/8'])
    expect([...settings.proxy.headers]).toEqual(['server', 'via', 'x-kong-upstream-status'])
    expect(settings.proxy.upstreamKeepalive.idleTimeout).toBe(30_000)
    expect(settings.logLevel).toBe('info')
  })

  it("reads nginx's directives that bound clients, the proxy's over those for all", () => {
    const { client, limits } = readSettings(listening, {
      KONG_NGINX_PROXY_CLIENT_MAX_BODY_SIZE: '2m',
      KONG_NGINX_HTTP_CLIENT_MAX_BODY_SIZE: '0',
      KONG_NGINX_HTTP_CLIENT_HEADER_TIMEOUT: '10s',
      KONG_NGINX_PROXY_CLIENT_BODY_TIMEOUT: '1500ms',
      KONG_NGINX_HTTP_KEEPALIVE_TIMEOUT: '75',
      KONG_NGINX_HTTP_KEEPALIVE_REQUESTS: '100',
      KONG_NGINX_EVENTS_WORKER_CONNECTIONS: '4096',
      KONG_CONNECTIONS_PER_ADDRESS: '512',
      KONG_SPOOL_MAX_SIZE: '1g',
    }).proxy
    const connections = { connections: 4096, connectionsPerAddress: 512 }
    expect(limits).toEqual({ ...connections, maxBodyBytes: 2 * 1024 ** 2, spoolBytes: 1024 ** 3 })
    expect(client).toMatchObject({ headerTimeout: 10_000, bodyTimeout: 1500, keepAliveTimeout: 75_000 })
    expect(client.keepAliveRequests).toBe(100)
    const auto = readSettings(listening, { KONG_NGINX_EVENTS_WORKER_CONNECTIONS: 'auto' }).proxy
    expect(auto).toEqual(readSettings(listening, {}).proxy)
  })

  it.each([
    [{ KONG_NGINX_HTTP_CLIENT_HEADER_TIMEOUT: '0' }, 'is a time such as'],
    [{ KONG_NGINX_HTTP_KEEPALIVE_TIMEOUT: 'long' }, 'is a time such as'],
    [{ KONG_NGINX_EVENTS_WORKER_CONNECTIONS: '0' }, 'is a whole number above 0'],
    [{ KONG_NGINX_HTTP_CLIENT_MAX_BODY_SIZ: '1m' }, 'did you mean KONG_NGINX_HTTP_CLIENT_MAX_BODY_SIZE?'],
    [{ KONG_DATABASE: 'postgres' }, "KONG_DATABASE can only be 'off'"],
    [{ KONG_LOG_LEVL: 'info' }, 'did you mean KONG_LOG_LEVEL?'],
    [{ KONG_SSL_CERT: 'x' }, 'KONG_SSL_CERT and KONG_SSL_CERT_KEY'],
    [{ KONG_SSL_SESSION_TIMEOUT: '1d' }, 'no setting KONG_SSL_SESSION_TIMEOUT'],
    [{ KONG_HEADERS: 'servr' }, 'KONG_HEADERS is one of'],
    [{ KONG_REAL_IP_RECURSIVE: 'maybe' }, "not 'maybe'"],
    [{ KONG_PROXY_LISTEN: '0.0.0.0:8443 proxy_protocol' }, "can't listen with 'proxy_protocol'"],
    [{ KONG_ADMIN_LISTEN: '0.0.0.0:8001' }, 'KONG_ADMIN_TOKEN'],
  ])('refuses %j by name', (environment, message) => {
    expect(() => readSettings(listening, environment)).toThrow(message)
  })

  it.each([
    [{ KONG_DATABASE: 'off', KONG_ROUTER_FLAVOR: 'traditional_compatible', KONG_UNTRUSTED_LUA: 'sandbox' }],
    [{ KONG_PREFIX: '/usr/local/kong', KONG_PROXY_ERROR_LOG: '/dev/stderr', KONG_WORKER_CONSISTENCY: 'strict' }],
    [{ KONG_PORT: 'tcp://10.0.0.1:8000', KONG_PORT_8000_TCP_ADDR: '10.0.0.1', KONG_SERVICE_HOST: '10.0.0.1' }],
  ])('may stand where they say what is so anyway: %j', (environment) => {
    expect(readSettings(listening, environment).proxy).toEqual(readSettings(listening, {}).proxy)
  })

  it.each([
    [{ KONG_PG_HOST: 'db' }, 'there is no database'],
    [{ KONG_NGINX_PROXY_PROXY_BUFFERS: '8 8k' }, 'there is no nginx'],
    [{ KONG_CLUSTER_CERT: 'x' }, 'there is no hybrid mode'],
    [{ KONG_PROXY_ACCESS_LOG: '/dev/stdout my_format' }, "only Kong's own format"],
    [{ KONG_PROXY_ACCESS_LOG: 'syslog:server=log.internal' }, 'no syslog'],
    [{ KONG_PROXY_ACCESS_LOG: '' }, 'must not be empty'],
    [{ KONG_UNTRUSTED_LUA: 'on' }, "can only be 'sandbox'"],
    [{ KONG_ERROR_TEMPLATE_JSON: 'x.json' }, 'error pages'],
    [{ KONG_NGINX_ADMIN_CLIENT_MAX_BODY_SIZE: 'much' }, 'a size such as 10m'],
    [{ KONG_ADMIN_TOKEN: '' }, 'must not be empty'],
    [{ KONG_ADMIN_LISTEN: '127.evil.example:8001' }, 'KONG_ADMIN_TOKEN'],
    [{ KONG_ADMIN_ALLOWED_HOSTS: 'https://gate.internal' }, 'not a host name or an address'],
    [{ KONG_ADMIN_ALLOWED_HOSTS: 'gate.internal:8001' }, 'without scheme and port'],
    [{ KONG_PLUGIN_FILES_DIR: '' }, 'must not be empty'],
    [{ KONG_TRACING_INSTRUMENTATIONS: 'all' }, 'is one of request, router, balancer'],
    [{ KONG_TRACING_INSTRUMENTATIONS: 'request, dns_query' }, "not 'dns_query'"],
    [{ KONG_TRACING_INSTRUMENTATIONS: 'balancer' }, "only together with 'request'"],
    [{ KONG_TRACING_SAMPLING_RATE: '2' }, 'a number from 0 to 1'],
  ])('are refused with the reason: %j', (environment, message) => {
    expect(() => readSettings(listening, environment)).toThrow(message)
  })

  it('takes the configuration itself, sizes as nginx writes them, and what begins the names of secrets', () => {
    const settings = readSettings(listening, {
      KONG_DECLARATIVE_CONFIG_STRING: '{"_format_version":"3.0"}',
      KONG_NGINX_ADMIN_CLIENT_MAX_BODY_SIZE: '64k',
      KONG_VAULT_ENV_PREFIX: 'SHOP_',
    })
    expect(settings).toMatchObject({
      configText: '{"_format_version":"3.0"}',
      adminBodyBytes: 65_536,
      vaultPrefix: 'SHOP_',
    })
  })

  it('say which spans are made, and of how many traces', () => {
    const settings = readSettings(listening, {
      KONG_TRACING_INSTRUMENTATIONS: 'request,balancer',
      KONG_TRACING_SAMPLING_RATE: '0.5',
    })
    expect(settings.tracing).toEqual({ instrumentations: new Set(['request', 'balancer']), samplingRate: 0.5 })
    expect(readSettings(listening, { KONG_TRACING_INSTRUMENTATIONS: 'off' }).tracing.instrumentations.size).toBe(0)
  })

  it('names plugins, and adds those of the command line', () => {
    const settings = readSettings({ ...listening, plugin: ['./b.ts'] }, { KONG_PLUGINS: 'bundled, ./a.ts' })
    expect(settings.plugins).toEqual(['bundled', './a.ts', './b.ts'])
  })

  it('wants something to listen on', () => {
    expect(() => readSettings({}, {})).toThrow('nothing to listen on')
  })
})
