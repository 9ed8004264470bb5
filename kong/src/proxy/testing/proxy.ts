import net from 'node:net'
import { createBalancers } from '../../balancer/balancers.ts'
import { loadConfiguration } from '../../config/load.ts'
import type { Exchange, Worker } from '../../exchange.ts'
import { registry } from '../../plugins/index.ts'
import { createPluginRunner, type PluginRunner } from '../../plugins/runner.ts'
import { createRouter } from '../../router/matcher.ts'
import { ServerCertificates } from '../../tls/server-certificates.ts'
import { noTracing } from '../../tracing/settings.ts'
import type { AccessLog } from '../context.ts'
import type { Line } from '../line.ts'
import { createProxyServer, type ProxyServer } from '../server.ts'
import { defaultSettings, type ProxySettings } from '../settings.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** A worker whose state is its own. */
export function testWorker(): Worker {
  const states = new Map<string, unknown>()
  return {
    id: 'worker',
    pid: 1,
    nodeId: 'node',
    log: silent,
    tracing: noTracing,
    now: Date.now,
    state<T>(name: string, create: () => T): T {
      if (!states.has(name)) states.set(name, create())
      return states.get(name) as T
    },
  }
}

export interface TestProxy {
  readonly port: number
  readonly server: ProxyServer
  /** Puts another configuration in force. */
  load(configuration: object): void
  /** Every exchange that came to its log, in order. */
  readonly logged: Exchange[]
  close(): Promise<void>
}

/** A data path on a free port, with the real router, plugins and balancers of the given configuration. */
export async function startProxy(
  configuration: object,
  settings: Partial<ProxySettings> = {},
  accessLog?: AccessLog,
): Promise<TestProxy> {
  const worker = testWorker()
  const logged: Exchange[] = []
  let line = makeLine(configuration, worker, logged)
  const server = createProxyServer({
    current: () => line,
    certificates: () => line.certificates,
    settings: { ...defaultSettings, ...settings },
    worker,
    accessLog,
  })
  const port = await server.listen('127.0.0.1', 0)
  return {
    port,
    server,
    logged,
    load(next) {
      const before = line
      line = makeLine(next, worker, logged)
      before.balancers.close()
    },
    async close() {
      await server.close({ graceMs: 0 })
      line.balancers.close()
    },
  }
}

function makeLine(configuration: object, worker: Worker, logged: Exchange[]): Line {
  const result = loadConfiguration({ _format_version: '3.0', ...configuration }, { registry })
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return {
    configuration: result.configuration,
    router: createRouter(result.configuration),
    plugins: noteLogs(createPluginRunner(result.configuration, registry), logged),
    balancers: createBalancers(result.configuration, worker),
    certificates: new ServerCertificates(result.configuration),
  }
}

function noteLogs(runner: PluginRunner, logged: Exchange[]): PluginRunner {
  return {
    forRequest(exchange) {
      const plugins = runner.forRequest(exchange)
      const log = plugins.log.bind(plugins)
      plugins.log = () => {
        logged.push(exchange)
        log()
      }
      return plugins
    },
  }
}

/** A service named `s` on a port of 127.0.0.1, with one route for everything. */
export function oneService(port: number, service: object = {}, route: object = {}): object {
  const routes = [{ name: 'r', paths: ['/'], ...route }]
  return { services: [{ name: 's', host: '127.0.0.1', port, ...service, routes }] }
}

/** A TCP server that runs `serve` for each connection. */
export async function startTcp(serve: (socket: net.Socket) => void) {
  const sockets = new Set<net.Socket>()
  const server = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    serve(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  const close = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  return { port, sockets, close }
}

/** A client's connection: sends text, and waits for what comes back. */
export class TestClient {
  readonly socket: net.Socket
  #text = ''
  #ended = false
  #wake: (() => void) | undefined

  constructor(port: number) {
    this.socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
    this.socket.on('data', (bytes) => {
      this.#text += bytes.toString('latin1')
      this.#wake?.()
    })
    const end = () => {
      this.#ended = true
      this.#wake?.()
    }
    this.socket.on('end', end)
    this.socket.on('close', end)
    this.socket.on('error', end)
  }

  send(text: string): void {
    this.socket.write(text, 'latin1')
  }

  /** Everything that came, once it matches; or once the connection has ended. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#text) && !this.#ended) await this.#change()
    return this.#text
  }

  /** Everything that came until the connection's end. */
  async untilEnd(): Promise<string> {
    while (!this.#ended) await this.#change()
    return this.#text
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
