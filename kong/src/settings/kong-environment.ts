/** Kong's settings as environment variables (`KONG_` and the upper-case name of kong.conf). */
import net from 'node:net'
import { resolve } from 'node:path'
import type { DnsSettings } from '../balancer/dns/settings.ts'
import { suggest } from '../config/spelling.ts'
import { type GatewayHeader, latencyTokens, type ProxySettings, serverTokens } from '../proxy/settings.ts'
import type { LogLevel, Settings } from '../settings.ts'
import { INSTRUMENTATIONS, type Instrumentation } from '../tracing/settings.ts'
import { clientLimits } from './client-limits.ts'
import { readAuthority } from './host-name.ts'
import { parseListen } from './listen.ts'
import { fixed, immaterial, isLinkVariable, whyRefused } from './other-settings.ts'
import { SettingError } from './setting-error.ts'
import { readSize } from './values.ts'

type Change = (settings: Settings, value: string, name: string) => Partial<Settings>

const proxy =
  (change: (value: string, name: string) => Partial<ProxySettings>): Change =>
  (settings, value, name) => ({ proxy: { ...settings.proxy, ...change(value, name) } })

const keepalive =
  (member: 'poolSize' | 'maxRequests' | 'idleTimeout', factor = 1): Change =>
  (settings, value, name) => ({
    proxy: {
      ...settings.proxy,
      upstreamKeepalive: { ...settings.proxy.upstreamKeepalive, [member]: wholeNumber(value, name) * factor },
    },
  })

const dns =
  (change: (value: string, name: string) => Partial<DnsSettings>): Change =>
  (settings, value, name) => ({ dns: { ...settings.dns, ...change(value, name) } })

const certificates =
  (kind: keyof Settings['ssl'], member: 'certFiles' | 'keyFiles'): Change =>
  ({ ssl }, value) => ({ ssl: { ...ssl, [kind]: { ...ssl[kind], [member]: list(value) } } })

const prefix: Change = ({ ssl: { proxy, admin, status } }, value) => ({
  ssl: {
    proxy: { ...proxy, prefix: value },
    admin: { ...admin, prefix: value },
    status: { ...status, prefix: value },
  },
})

const honoured: Readonly<Record<string, Change>> = {
  KONG_DECLARATIVE_CONFIG: (_, value) => ({ config: value }),
  KONG_DECLARATIVE_CONFIG_STRING: (_, value) => ({ configText: value }),
  KONG_PLUGINS: (_, value) => ({ plugins: list(value) }),
  KONG_PROXY_LISTEN: (_, value, name) => ({ proxyListen: parseListen(name, value) }),
  KONG_ADMIN_LISTEN: (_, value, name) => ({ adminListen: parseListen(name, value) }),
  KONG_STATUS_LISTEN: (_, value, name) => ({ statusListen: parseListen(name, value) }),
  KONG_PREFIX: prefix,
  KONG_SSL_CERT: certificates('proxy', 'certFiles'),
  KONG_SSL_CERT_KEY: certificates('proxy', 'keyFiles'),
  KONG_ADMIN_SSL_CERT: certificates('admin', 'certFiles'),
  KONG_ADMIN_SSL_CERT_KEY: certificates('admin', 'keyFiles'),
  KONG_STATUS_SSL_CERT: certificates('status', 'certFiles'),
  KONG_STATUS_SSL_CERT_KEY: certificates('status', 'keyFiles'),
  KONG_ADMIN_TOKEN: (_, value, name) => ({ adminToken: given(value, name) }),
  KONG_ADMIN_ALLOWED_HOSTS: (_, value, name) => ({
    adminAllowedHosts: list(value).map((host) => hostName(host, name)),
  }),
  KONG_PLUGIN_FILES_DIR: (_, value, name) => ({ pluginFilesDir: resolve(given(value, name)) }),
  KONG_NGINX_ADMIN_CLIENT_MAX_BODY_SIZE: (_, value, name) => ({ adminBodyBytes: readSize(value, name) }),
  ...clientLimits,
  KONG_VAULT_ENV_PREFIX: (_, value, name) => ({ vaultPrefix: variableName(value, name) }),
  KONG_PROXY_ACCESS_LOG: (_, value, name) => ({ accessLog: readAccessLog(value, name) }),
  KONG_LOG_LEVEL: (_, value, name) => ({ logLevel: readLogLevel(value, name) }),
  KONG_TRUSTED_IPS: proxy((value) => ({ trustedIps: list(value) })),
  KONG_REAL_IP_HEADER: proxy((value, name) => ({ realIpHeader: headerName(value, name) })),
  KONG_REAL_IP_RECURSIVE: proxy((value, name) => ({ realIpRecursive: onOff(value, name) })),
  KONG_HEADERS: (settings, value, name) => ({
    headersAsGiven: list(value),
    proxy: { ...settings.proxy, headers: readHeaders(value, name) },
  }),
  KONG_HEADERS_UPSTREAM: proxy((value, name) => ({ requestIdToUpstream: readHeadersUpstream(value, name) })),
  KONG_ALLOW_DEBUG_HEADER: proxy((value, name) => ({ allowDebugHeader: onOff(value, name) })),
  KONG_ERROR_DEFAULT_TYPE: proxy((value, name) => ({ errorDefaultType: oneOf(value, name, ERROR_TYPES) })),
  KONG_PORT_MAPS: proxy((value, name) => ({ portMaps: readPortMaps(value, name) })),
  KONG_DNS_RESOLVER: dns((value, name) => ({ servers: list(value).map((server) => nameServer(server, name)) })),
  KONG_DNS_VALID_TTL: dns((value, name) => ({ validTtl: seconds(value, name) })),
  KONG_DNS_STALE_TTL: dns((value, name) => ({ staleTtl: seconds(value, name) })),
  KONG_DNS_NOT_FOUND_TTL: dns((value, name) => ({ notFoundTtl: seconds(value, name) })),
  KONG_DNS_ERROR_TTL: dns((value, name) => ({ errorTtl: seconds(value, name) })),
  KONG_UPSTREAM_KEEPALIVE_POOL_SIZE: keepalive('poolSize'),
  KONG_UPSTREAM_KEEPALIVE_MAX_REQUESTS: keepalive('maxRequests'),
  KONG_UPSTREAM_KEEPALIVE_IDLE_TIMEOUT: keepalive('idleTimeout', 1000),
  KONG_TRACING_INSTRUMENTATIONS: (settings, value, name) => ({
    tracing: { ...settings.tracing, instrumentations: readInstrumentations(value, name) },
  }),
  KONG_TRACING_SAMPLING_RATE: (settings, value, name) => ({
    tracing: { ...settings.tracing, samplingRate: readRate(value, name) },
  }),
}

const ERROR_TYPES = ['text/plain', 'text/html', 'application/json', 'application/xml'] as const

/** The names that are read, for the help text. */
export const honouredNames = (): readonly string[] => Object.keys(honoured)

/** @throws SettingError where the gateway doesn't have the setting, or not that value. */
export function readKongSetting(settings: Settings, name: string, value: string): Settings {
  const change = honoured[name]
  if (change) return { ...settings, ...change(settings, value, name) }
  const values = fixed[name]
  if (values?.includes(value) || immaterial[name] !== undefined || isLinkVariable(name)) return settings
  if (values !== undefined)
    throw new SettingError(`${name} can only be '${values.join("' or '")}' in the embedded gateway, not '${value}'`)
  throw new SettingError(`the embedded gateway has no setting ${name}; ${whyNot(name)}`)
}

function whyNot(name: string): string {
  const right = suggest(name, [...Object.keys(honoured), ...Object.keys(fixed)])
  if (right !== undefined) return `did you mean ${right}?`
  return whyRefused(name) ?? 'real Kong may have it'
}

const list = (value: string): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

function oneOf<T extends string>(value: string, name: string, choices: readonly T[]): T {
  const choice = choices.find((each) => each === value)
  if (choice === undefined) throw new SettingError(`${name} is one of ${choices.join(', ')}, not '${value}'`)
  return choice
}

const onOff = (value: string, name: string): boolean =>
  oneOf(value, name, ['on', 'off', 'true', 'false']).match(/^(?:on|true)$/) !== null

function wholeNumber(value: string, name: string): number {
  if (!/^\d+$/.test(value)) throw new SettingError(`${name} is a whole number, not '${value}'`)
  return Number(value)
}

function given(value: string, name: string): string {
  if (value === '') throw new SettingError(`${name} must not be empty`)
  return value
}

/** @throws SettingError for syslog, and for a format besides the path */
function readAccessLog(value: string, name: string): string | undefined {
  if (value === 'off') return undefined
  const path = given(value, name)
  if (path.startsWith('syslog:')) throw new SettingError(`${name} is a path or 'off': there is no syslog here`)
  // A path may have spaces in it, as the name of a format can have neither slash nor dot.
  if (/\s[^\s/.]+$/.test(path)) throw new SettingError(`${name}: the embedded gateway has only Kong's own format`)
  return path
}

function variableName(value: string, name: string): string {
  if (!/^[a-zA-Z_][a-zA-Z\d_]*$/.test(value))
    throw new SettingError(`${name} begins the name of a variable, not '${value}'`)
  return value
}

/** @throws SettingError for spans that the embedded gateway does not make. */
function readInstrumentations(value: string, name: string): ReadonlySet<Instrumentation> {
  const tokens = list(value)
  if (tokens.length === 0 || (tokens.length === 1 && tokens[0] === 'off')) return new Set()
  const chosen = tokens.map((token) => oneOf(token, name, INSTRUMENTATIONS))
  if (!chosen.includes('request')) {
    throw new SettingError(`${name}: the embedded gateway makes '${chosen[0]}' spans only together with 'request'`)
  }
  return new Set(chosen)
}

function readRate(value: string, name: string): number {
  const rate = Number(value)
  if (value.trim() === '' || !(rate >= 0 && rate <= 1)) {
    throw new SettingError(`${name} is a number from 0 to 1, not '${value}'`)
  }
  return rate
}

/** Kong takes fractions of seconds here. */
function seconds(value: string, name: string): number {
  if (!/^\d+(?:\.\d+)?$/.test(value)) throw new SettingError(`${name} is a number of seconds, not '${value}'`)
  return Number(value) * 1000
}

function nameServer(value: string, name: string): string {
  const address = /^\[?(.*?)\]?(?::\d+)?$/.exec(value)?.[1] ?? value
  if (!net.isIP(address) && !net.isIP(value))
    throw new SettingError(`${name}: '${value}' is not the address of a name server, such as 10.0.0.2 or 10.0.0.2:53`)
  return value
}

function hostName(value: string, name: string): string {
  const authority = readAuthority(value)
  if (authority === undefined || authority.port !== undefined)
    throw new SettingError(`${name}: '${value}' is not a host name or an address, without scheme and port`)
  return authority.host
}

function headerName(value: string, name: string): string {
  if (!/^[A-Za-z0-9-]+$/.test(value) || value.toLowerCase() === 'proxy_protocol')
    throw new SettingError(`${name} can't be '${value}' in the embedded gateway`)
  return value
}

const LEVELS: Readonly<Record<string, LogLevel>> = {
  debug: 'debug',
  info: 'info',
  notice: 'info',
  warn: 'warn',
  error: 'error',
  crit: 'error',
  alert: 'error',
  emerg: 'error',
}

const readLogLevel = (value: string, name: string): LogLevel =>
  LEVELS[oneOf(value, name, Object.keys(LEVELS))] ?? 'info'

const GATEWAY_HEADERS: readonly GatewayHeader[] = [
  ...serverTokens,
  ...latencyTokens,
  'x-kong-upstream-status',
  'x-kong-request-id',
]

function readHeaders(value: string, name: string): ReadonlySet<GatewayHeader> {
  const tokens = list(value).map((token) =>
    oneOf(token.toLowerCase(), name, ['off', 'server_tokens', 'latency_tokens', ...GATEWAY_HEADERS] as const),
  )
  return new Set(
    tokens.flatMap((token): readonly GatewayHeader[] => {
      if (token === 'off') return []
      if (token === 'server_tokens') return serverTokens
      return token === 'latency_tokens' ? latencyTokens : [token]
    }),
  )
}

const readHeadersUpstream = (value: string, name: string): boolean =>
  list(value)
    .map((token) => oneOf(token.toLowerCase(), name, ['off', 'x-kong-request-id']))
    .includes('x-kong-request-id')

function readPortMaps(value: string, name: string): ReadonlyMap<number, number> {
  return new Map(
    list(value).map((entry) => {
      const [, seen, listening] = /^(\d+):(\d+)$/.exec(entry) ?? []
      if (seen === undefined) throw new SettingError(`${name}: '${entry}' is not two ports, such as 80:8000`)
      return [Number(listening), Number(seen)]
    }),
  )
}
