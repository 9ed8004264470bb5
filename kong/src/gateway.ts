/** Puts the line together: a configuration becomes a router, plugins and balancers, swapped in all at once. */
import { mkdirSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo, Server, Socket } from 'node:net'
import { dirname, isAbsolute, resolve } from 'node:path'
import { createRequestGuard } from './admin/request-guard.ts'
import { type AdminServerOptions, createAdminServer } from './admin/server.ts'
import { adminRoutes, statusRoutes } from './admin/surface.ts'
import { type Balancers, createBalancers, resolverOf } from './balancer/balancers.ts'
import { Configuration } from './config/configuration.ts'
import { type Environment, type LoadOptions, type LoadResult, loadConfiguration } from './config/load.ts'
import { type Refused, refuseDefect } from './config/refusal.ts'
import { chooseSource } from './discovery/choose-source.ts'
import { Discovery } from './discovery/discovery.ts'
import type { Log, Worker } from './exchange.ts'
import { ConfigurationState, type Origin } from './gateway-state.ts'
import { ConfigurationLoader } from './loading/configuration-loader.ts'
import { LogFile } from './log-file.ts'
import { registry as builtIn } from './plugins/index.ts'
import type { Plugin } from './plugins/plugin.ts'
import { createPluginRunner } from './plugins/runner.ts'
import type { Line } from './proxy/line.ts'
import { createProxyServer, type ProxyServer } from './proxy/server.ts'
import { createRouter } from './router/matcher.ts'
import { isLoopback } from './settings/host-name.ts'
import type { Listen } from './settings/listen.ts'
import { SettingError } from './settings/setting-error.ts'
import type { Settings } from './settings.ts'
import { type DefaultCertificateSource, defaultCertificate } from './tls/default-certificate.ts'
import { ServerCertificates } from './tls/server-certificates.ts'
import { createWorker } from './worker.ts'

export interface GatewayOptions {
  readonly settings: Settings
  readonly log: Log
  readonly registry?: ReadonlyMap<string, Plugin>
}

export interface LoadRequest {
  readonly source: Origin
  /** For `${{ env "DECK_…" }}`; without it such text is left as it stands. */
  readonly env?: Environment
  readonly format?: 'yaml' | 'json' | 'any'
}

/** The ports listened on, in the order of the settings; the first of each under its singular name. */
export interface Ports {
  readonly proxy: number
  readonly admin: number
  readonly status: number
}

/** How long the proxy's ports wait for what a registry tells first. */
const FIRST_WORD_MS = 2000

export class Gateway {
  readonly settings: Settings
  readonly registry: ReadonlyMap<string, Plugin>
  readonly worker: Worker
  readonly state = new ConfigurationState()
  readonly proxy: ProxyServer
  readonly #loader: ConfigurationLoader
  readonly #accessLog: LogFile | undefined
  #line: Line
  #requests = 0
  readonly #discovery: Discovery | undefined
  readonly #servers: Server[] = []
  readonly #sockets = new Set<Socket>()

  constructor({ settings, log, registry = builtIn }: GatewayOptions) {
    this.settings = settings
    this.registry = registry
    this.worker = createWorker(log, settings.tracing)
    resolverOf(this.worker, settings.dns)
    this.#accessLog = openAccessLog(settings, log)
    this.#loader = new ConfigurationLoader(registry, settings.plugins)
    this.#line = this.#assemble(new Configuration(), undefined)
    const current = () => {
      this.#requests++
      return this.#line
    }
    this.#discovery = settings.discovery === undefined ? undefined : this.#discover(settings.discovery, log)
    this.proxy = createProxyServer({
      current,
      certificates: () => this.#line.certificates,
      settings: settings.proxy,
      worker: this.worker,
      accessLog: this.#accessLog,
    })
  }

  /** What requests that begin now pass through. */
  get line(): Line {
    return this.#line
  }

  /** Requests that came to the proxy's ports since the start. */
  get requests(): number {
    return this.#requests
  }

  get configuration(): Configuration {
    return this.#line.configuration
  }

  /**
   * Reads a configuration and, when it is right, puts it in force for every request that begins from now on; those
   * under way finish under the one they began with. A wrong one changes nothing. Nothing else is done meanwhile.
   */
  load(text: string | object, request: LoadRequest): LoadResult {
    const { registry, worker } = this
    const result = loadConfiguration(text, { ...this.#loadOptions(request), registry, now: worker.now })
    return this.#use(result, request.source)
  }

  /** The same while requests are served. Answers when the configuration is in force, or refused. */
  loadLive(text: string | object, request: LoadRequest): Promise<LoadResult> {
    const options = this.#loadOptions(request)
    return this.#loader.load({ text, options }, (result) => this.#use(result, request.source))
  }

  #loadOptions({ env, format }: LoadRequest): Omit<LoadOptions, 'registry' | 'now'> {
    return {
      vaultPrefix: this.settings.vaultPrefix,
      pluginFilesDir: this.settings.pluginFilesDir,
      ...(env && { env, vaultEnv: { ...process.env, ...env } }),
      ...(format && { format }),
    }
  }

  /** Puts a configuration in force. One that fails to become a line is refused, and the one before stays in force. */
  #use(result: LoadResult, source: Origin): LoadResult {
    const line = result.ok ? this.#tryAssemble(result.configuration) : result
    const outcome = 'ok' in line ? line : result
    this.state.note(outcome, source, new Date(this.worker.now()))
    if (!('ok' in line)) this.#swap(line)
    return outcome
  }

  #tryAssemble(configuration: Configuration): Line | Refused {
    try {
      return this.#assemble(configuration, this.#line)
    } catch (error) {
      return refuseDefect(error)
    }
  }

  #assemble(configuration: Configuration, before: Line | undefined): Line {
    return {
      configuration,
      router: createRouter(configuration),
      plugins: createPluginRunner(configuration, this.registry),
      certificates: new ServerCertificates(configuration),
      // Last: their health checks run from here on, and nobody would stop those of a line that was not finished.
      balancers: createBalancers(configuration, this.worker, before?.balancers),
    }
  }

  #swap(line: Line): void {
    const before = this.#line
    this.#line = line
    before.balancers.close()
    this.#discovery?.follow(upstreamNames(line.configuration))
  }

  #discover(registry: string, log: Log): Discovery {
    const apply: Balancers['setOverlay'] = (upstream, targets) => this.#line.balancers.setOverlay(upstream, targets)
    return new Discovery({ source: chooseSource(registry), log, now: this.worker.now, apply })
  }

  /**
   * Listens where the settings say, the proxy's ports last.
   * @throws SettingError where the access log can't be opened, or the error of `listen`, such as EADDRINUSE
   */
  async listen(): Promise<Ports> {
    const { adminListen, statusListen, proxyListen, adminToken, ssl } = this.settings
    await this.#accessLog?.open().catch((error: Error) => {
      throw new SettingError(`KONG_PROXY_ACCESS_LOG can't be written: ${error.message}`)
    })
    const adminPorts = await this.#listenAll(adminRoutes, adminListen, { source: ssl.admin, token: adminToken })
    const statusPorts = await this.#listenAll(statusRoutes, statusListen, { source: ssl.status })
    await this.#discovery?.heard(FIRST_WORD_MS)
    const proxyPorts: number[] = []
    // nginx has HTTP/2 on or off for all ports of a server.
    const http2 = proxyListen.some((listen) => listen.http2)
    const identity = proxyListen.some((listen) => listen.ssl) ? defaultCertificate(ssl.proxy) : undefined
    for (const { host, port, ssl: secure } of proxyListen) {
      proxyPorts.push(await this.proxy.listen(host, port, { http2, ...(secure && identity && { identity }) }))
    }
    return { proxy: proxyPorts[0] ?? 0, admin: adminPorts[0] ?? 0, status: statusPorts[0] ?? 0 }
  }

  async #listenAll(
    routes: AdminServerOptions['routes'],
    listens: readonly Listen[],
    { source, token }: { readonly source: DefaultCertificateSource; readonly token?: string | undefined },
  ): Promise<number[]> {
    const { adminBodyBytes: bodyBytes, adminAllowedHosts } = this.settings
    const ports: number[] = []
    const identity = listens.some(({ ssl }) => ssl) ? defaultCertificate(source) : undefined
    for (const { host, port, ssl, http2 } of listens) {
      const server = createAdminServer({
        ...{ gateway: this, routes, bodyBytes },
        token: token === undefined ? undefined : { value: token, readsToo: !isLoopback(host) },
        guard: createRequestGuard(host, adminAllowedHosts),
        secure: ssl && identity ? { identity, http2 } : undefined,
      })
      server.on('connection', (socket: Socket) => {
        this.#sockets.add(socket)
        socket.once('close', () => this.#sockets.delete(socket))
      })
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, resolve)
      })
      this.#servers.push(server)
      ports.push((server.address() as AddressInfo).port)
    }
    return ports
  }

  /** Stops taking requests, lets those under way end for at most `drainMs`, and closes. */
  async close(drainMs = 1500): Promise<void> {
    const closing = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)))
    for (const server of this.#servers) if (server instanceof http.Server) server.closeIdleConnections()
    await this.proxy.close({ graceMs: drainMs })
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(closing)
    this.#discovery?.close()
    this.#loader.close()
    this.#line.balancers.close()
    await this.#accessLog?.close()
  }
}

/** Lines are collected for as long, so that a busy gateway writes rarely. */
const ACCESS_LOG_DELAY_MS = 200

function openAccessLog({ accessLog, ssl }: Settings, log: Log): LogFile | undefined {
  if (accessLog === undefined) return undefined
  const path = resolve(ssl.proxy.prefix ?? '.', accessLog)
  if (!isAbsolute(accessLog)) mkdirSync(dirname(path), { recursive: true })
  return new LogFile(path, log, { delayMs: ACCESS_LOG_DELAY_MS })
}

const upstreamNames = (configuration: Configuration): string[] =>
  [...configuration.table('upstreams').values()].map(({ name }) => name)

export const createGateway = (options: GatewayOptions): Gateway => new Gateway(options)
