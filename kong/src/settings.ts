/** The gateway's settings: the command line, and Kong's own environment names (kong.conf, Kong 3.9). */
import { type DnsSettings, defaultDns } from './balancer/dns/settings.ts'
import { chooseSource } from './discovery/choose-source.ts'
import { defaultSettings, type ProxySettings } from './proxy/settings.ts'
import { isLoopback } from './settings/host-name.ts'
import { readKongSetting } from './settings/kong-environment.ts'
import { type Listen, parseListen } from './settings/listen.ts'
import { SettingError } from './settings/setting-error.ts'
import type { DefaultCertificateSource } from './tls/default-certificate.ts'
import { noTracing, type TracingSettings } from './tracing/settings.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface Settings {
  /** The kong.yml to run; without one the gateway starts empty and waits for POST /config. */
  readonly config: string | undefined
  /** The text itself (`declarative_config_string`), used where no file is named. */
  readonly configText: string | undefined
  /** The plugins that may be used: `bundled`, `off`, names, and paths of plugins of one's own. */
  readonly plugins: readonly string[]
  /** What stands before the names of variables in `{vault://env/…}`. */
  readonly vaultPrefix: string
  /** A file with `NAME="value"` lines that stand over the environment where kong.yml asks for `DECK_…`. */
  readonly envFile: string | undefined
  readonly proxyListen: readonly Listen[]
  readonly adminListen: readonly Listen[]
  readonly statusListen: readonly Listen[]
  /** Whether an edit of the files takes effect by itself. */
  readonly watch: boolean
  readonly logLevel: LogLevel
  readonly logFormat: 'text' | 'json'
  /** The file of the access log, relative to the prefix; undefined where it is off. */
  readonly accessLog: string | undefined
  /** `Kong-Admin-Token`: what the Admin API requires of writes, and of reads too where it listens beyond loopback. */
  readonly adminToken: string | undefined
  /** Hosts by which the Admin and the Status API may be called besides loopback and the addresses listened on. */
  readonly adminAllowedHosts: readonly string[]
  /** The folder that plugins may write files in; undefined is anywhere. */
  readonly pluginFilesDir: string | undefined
  /** The largest body that the Admin API takes. */
  readonly adminBodyBytes: number
  /** `KONG_HEADERS` as it was given, for people. */
  readonly headersAsGiven: readonly string[]
  readonly proxy: ProxySettings
  readonly dns: DnsSettings
  readonly tracing: TracingSettings
  /** Where the certificates of ports come from when the configuration has none for a name. */
  readonly ssl: Readonly<Record<'proxy' | 'admin' | 'status', DefaultCertificateSource>>
  /** The registry that tells targets besides those of the file: `file:…`, `consul:…`, `eureka:…`. */
  readonly discovery: string | undefined
}

export type { Listen } from './settings/listen.ts'
export { SettingError } from './settings/setting-error.ts'

/** The options of `start`, by name without dashes. */
export type StartOptions = Readonly<Record<string, string | boolean | readonly string[] | undefined>>

export const defaults: Settings = {
  config: undefined,
  configText: undefined,
  plugins: ['bundled'],
  vaultPrefix: '',
  envFile: undefined,
  proxyListen: [],
  adminListen: [],
  statusListen: [],
  watch: true,
  logLevel: 'info',
  logFormat: 'text',
  accessLog: undefined,
  adminToken: undefined,
  adminAllowedHosts: [],
  pluginFilesDir: undefined,
  adminBodyBytes: 10 * 1024 * 1024,
  headersAsGiven: ['server_tokens', 'latency_tokens', 'x-kong-request-id'],
  proxy: defaultSettings,
  dns: defaultDns,
  tracing: noTracing,
  ssl: {
    proxy: { certFiles: [], keyFiles: [], prefix: undefined, name: 'kong-default' },
    admin: { certFiles: [], keyFiles: [], prefix: undefined, name: 'admin-kong-default' },
    status: { certFiles: [], keyFiles: [], prefix: undefined, name: 'status-kong-default' },
  },
  discovery: undefined,
}

/** Options that say the same as a setting of the environment, by its name. */
const KONG_NAMES: Readonly<Record<string, string>> = {
  'admin-allowed-hosts': 'KONG_ADMIN_ALLOWED_HOSTS',
  'plugin-files-dir': 'KONG_PLUGIN_FILES_DIR',
}

/**
 * Reads the environment, and over it the command line.
 * @throws SettingError that names the setting.
 */
export function readSettings(
  options: StartOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  let settings = defaults
  // In the order of their names, so that a directive for the proxy (KONG_NGINX_PROXY_…) overrides the one for all
  // (KONG_NGINX_HTTP_…).
  for (const [name, value] of Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!name.startsWith('KONG_') || value === undefined) continue
    settings = readKongSetting(settings, name, value)
  }
  for (const [option, name] of Object.entries(KONG_NAMES)) {
    const value = options[option]
    if (typeof value === 'string') settings = readKongSetting(settings, name, value)
  }
  const discovery = environment.PORTICO_DISCOVERY
  if (discovery) settings = { ...settings, discovery }
  settings = { ...settings, ...readOptions(options), plugins: [...settings.plugins, ...ownPlugins(options)] }
  checkPairs(settings.ssl)
  // A wrong one is told at the start.
  if (settings.discovery !== undefined) chooseSource(settings.discovery)
  const nothing = [settings.proxyListen, settings.adminListen, settings.statusListen].every(
    (listens) => listens.length === 0,
  )
  if (nothing)
    throw new SettingError(
      'nothing to listen on: give --proxy-listen 127.0.0.1:8000 (and --admin-listen 127.0.0.1:8001)',
    )
  const open = settings.adminListen.find(({ host }) => !isLoopback(host))
  if (open && !settings.adminToken) {
    throw new SettingError(
      `the Admin API on ${open.host} could be reached from elsewhere: set KONG_ADMIN_TOKEN, or listen on 127.0.0.1`,
    )
  }
  return settings
}

/** @throws SettingError where certificates and keys don't pair. */
function checkPairs(ssl: Settings['ssl']): void {
  for (const [kind, { certFiles, keyFiles }] of Object.entries(ssl)) {
    if (certFiles.length === keyFiles.length) continue
    const name = kind === 'proxy' ? 'KONG_SSL_CERT' : `KONG_${kind.toUpperCase()}_SSL_CERT`
    throw new SettingError(`${name} and ${name}_KEY must name as many files as each other`)
  }
}

function readOptions(options: StartOptions): Partial<Settings> {
  const read: { -readonly [K in keyof Settings]?: Settings[K] } = {}
  const text = (name: string) => (typeof options[name] === 'string' ? options[name] : undefined)
  const listen = (name: string) => {
    const value = text(name)
    return value === undefined ? undefined : parseListen(`--${name}`, value)
  }
  const logFormat = text('log-format')
  if (logFormat !== undefined && logFormat !== 'text' && logFormat !== 'json') {
    throw new SettingError(`--log-format is text or json, not ${logFormat}`)
  }
  const given = {
    config: text('config'),
    envFile: text('env-file'),
    proxyListen: listen('proxy-listen'),
    adminListen: listen('admin-listen'),
    statusListen: listen('status-listen'),
    discovery: text('discovery'),
    watch: typeof options.watch === 'boolean' ? options.watch : undefined,
    logFormat,
  }
  for (const [name, value] of Object.entries(given)) if (value !== undefined) Object.assign(read, { [name]: value })
  return read
}

const ownPlugins = ({ plugin }: StartOptions): readonly string[] => (Array.isArray(plugin) ? plugin : [])
