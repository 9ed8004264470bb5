import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { writeAtomically } from '../atomic-file.ts'
import { UserError } from '../command-line/user-error.ts'
import { type Home, projectRoot } from '../home.ts'
import { findFreePort, isFree } from '../ports.ts'
import type { Secrets } from '../secrets.ts'
import type { ProcessSpec } from '../supervisor/process-spec.ts'

export interface GatewayPorts {
  readonly proxy: number
  readonly admin: number
  /** HTTPS, HTTP/2 and gRPC. */
  readonly tls: number
}

/** As from Kong's 8000 to its 8443. */
const FROM_PROXY_TO_TLS = 443

/** The gateway's ports as the command line asks for them; 0 is any free one.
 *  @throws UserError when one is no port or is taken. */
export async function choosePorts(options: Readonly<Record<string, string>>): Promise<GatewayPorts> {
  const proxy = await choosePort(options, 'proxy-port', 8000)
  const admin = await choosePort(options, 'admin-port', 8001)
  refuseEqual({
    'proxy-port': proxy,
    'admin-port': admin,
    ...(options['tls-port'] && { 'tls-port': Number(options['tls-port']) }),
  })
  return { proxy, admin, tls: await chooseTlsPort(options, proxy) }
}

/** @throws UserError when two options name one port */
function refuseEqual(ports: Readonly<Record<string, number>>): void {
  const options = Object.entries(ports)
  for (const [index, [name, port]] of options.entries()) {
    const other = options.slice(index + 1).find(([, each]) => each === port && port !== 0)
    if (other) throw new UserError(`--${name} and --${other[0]} are both ${port}: each needs a port of its own.`)
  }
}

/**
 * The path of the gateway's configuration.
 *
 * @throws UserError when there is no file at that path
 */
export function chooseConfig(given = 'kong.yml'): string {
  const path = resolve(projectRoot, given)
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path
  throw new UserError(`There is no file ${path}. Which configuration is meant: --config FILE`)
}

/** Unless it is asked for, the port for TLS follows the proxy's, and gives way where that one is taken. */
async function chooseTlsPort(options: Readonly<Record<string, string>>, proxy: number): Promise<number> {
  if (options['tls-port'] !== undefined) return await choosePort(options, 'tls-port', 0)
  const following = proxy + FROM_PROXY_TO_TLS
  const asked = options['proxy-port'] !== '0' && following <= 65_535
  return asked && (await isFree(following)) ? following : await findFreePort()
}

async function choosePort(options: Readonly<Record<string, string>>, name: string, otherwise: number): Promise<number> {
  const given = options[name]
  if (given !== undefined && !/^\d{1,5}$/.test(given))
    throw new UserError(`--${name} wants a port number, not "${given}".`)
  const port = Number(given ?? otherwise)
  if (port > 65_535) throw new UserError(`--${name} ${port} is no port; the highest is 65535.`)
  if (port === 0) return await findFreePort()
  if (await isFree(port)) return port
  throw new UserError(
    `Port ${port} of 127.0.0.1 is taken, and the gateway was to listen there.\n` +
      `Stop what listens on it, or choose another: npm start -- --${name} ${port + 1000} (0 for any free one).`,
  )
}

/**
 * The token that writes to the gateway's Admin API must carry: the one of the environment, else of this home. Writes it
 * into a file for people, so that it need not stand on a command line.
 */
export function openAdminToken(home: Home, secrets: Secrets): string {
  const token = process.env.KONG_ADMIN_TOKEN || secrets['kong-admin-token']
  writeAtomically(home.adminTokenFile, `kong-admin-token: ${token}\n`)
  return token
}

export interface GatewayOptions {
  /** The path of its `kong.yml`. */
  readonly config: string
  readonly adminToken: string
}

/** Tighter than Kong's defaults, for a gateway on one machine. The environment overrides each by its name. */
const limits = {
  // Above the request-size-limiting of kong.yml, whose answer is the clearer one.
  KONG_NGINX_HTTP_CLIENT_MAX_BODY_SIZE: '2m',
  KONG_NGINX_HTTP_CLIENT_HEADER_TIMEOUT: '10s',
  KONG_NGINX_HTTP_CLIENT_BODY_TIMEOUT: '15s',
  KONG_NGINX_EVENTS_WORKER_CONNECTIONS: '8192',
  KONG_CONNECTIONS_PER_ADDRESS: '2048',
  KONG_SPOOL_MAX_SIZE: '256m',
}

const limitsInForce = (): Record<string, string> =>
  Object.fromEntries(Object.entries(limits).map(([name, value]) => [name, process.env[name] || value]))

/** The log that the gateway writes a line about each request to. */
const accessLog = 'gateway-access'

/** The embedded gateway on `kong.yml`. */
export function planGateway(home: Home, ports: GatewayPorts, { config, adminToken }: GatewayOptions): ProcessSpec {
  const proxyListen = `127.0.0.1:${ports.proxy}, 127.0.0.1:${ports.tls} http2 ssl`
  const listen = ['--proxy-listen', proxyListen, '--admin-listen', `127.0.0.1:${ports.admin}`]
  return {
    name: 'gateway',
    kind: 'gateway',
    after: [],
    command: process.execPath,
    args: [
      ...['--', join(projectRoot, 'kong', 'src', 'main.ts')],
      ...['start', '--config', config, '--env-file', home.kongEnvFile],
      ...listen,
      // A registry of one's own takes the place of the list of replicas.
      ...(process.env.PORTICO_DISCOVERY ? [] : ['--discovery', `file:${home.targetsFile}`]),
    ],
    env: {
      // Where it keeps the certificate that it makes for itself.
      KONG_PREFIX: home.data('gateway'),
      KONG_ADMIN_TOKEN: adminToken,
      KONG_PLUGIN_FILES_DIR: process.env.KONG_PLUGIN_FILES_DIR || home.pluginFiles,
      KONG_PROXY_ACCESS_LOG: process.env.KONG_PROXY_ACCESS_LOG || home.log(accessLog),
      ...limitsInForce(),
    },
    extraLogs: [accessLog],
    ports: [ports.proxy, ports.admin, ports.tls],
    ipc: true,
    stopSignal: 'SIGTERM',
    probe: `http://127.0.0.1:${ports.admin}/status`,
    title: `http://127.0.0.1:${ports.proxy}`,
  }
}
