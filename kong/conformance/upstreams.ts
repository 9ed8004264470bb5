/**
 * The recording upstreams `a` to `d`. They note every request and obey its header `x-upstream`: JSON with `status`,
 * `headers`, `body`, `times`, `chunked`, `delay` (ms), `close`, `raw`, `probe`, or those by the upstream's name.
 */
import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HeaderPair, SeenRequest } from './vector.ts'

type Seen = SeenRequest<HeaderPair[]>

interface Act {
  status?: number
  headers?: HeaderPair[]
  body?: string
  times?: number
  chunked?: boolean
  delay?: number
  close?: boolean
  raw?: string
  /** What the upstream tells active health checks from now on. */
  probe?: number
}

export interface Upstreams {
  /** Port by name, and under `closed` a port nobody listens on. */
  readonly ports: Record<string, number>
  /** Every request, in order of arrival; emptied by whoever reads it. */
  readonly seen: Seen[]
  readonly probes: Seen[]
  readonly probeStatus: Map<string, number>
  /** Lets the named upstreams listen on these ports too, until the answered function is called. */
  listenAlso(ports: Record<string, number>): Promise<() => Promise<void>>
  stop(): Promise<void>
}

const NAMES = ['a', 'b', 'c', 'd'] as const

export async function startUpstreams(): Promise<Upstreams> {
  const record = { seen: [] as Seen[], probes: [] as Seen[], probeStatus: new Map<string, number>() }
  const servers = await Promise.all(NAMES.map((name) => listen(createUpstream(name, record), 0)))
  const ports: Record<string, number> = { closed: await findClosedPort() }
  servers.forEach((server, i) => {
    ports[NAMES[i] as string] = (server.address() as AddressInfo).port
  })
  return {
    ...record,
    ports,
    async listenAlso(wanted) {
      const extra = await Promise.all(
        Object.entries(wanted).map(([name, port]) => listenWhenFree(() => createUpstream(name, record), port)),
      )
      return async () => void (await Promise.all(extra.map(stopServer)))
    },
    stop: async () => void (await Promise.all(servers.map(stopServer))),
  }
}

type Recording = Pick<Upstreams, 'seen' | 'probes' | 'probeStatus'>

function createUpstream(name: string, record: Recording): http.Server {
  const options = { keepAliveTimeout: 60_000, insecureHTTPParser: true, maxHeaderSize: 65_536 }
  return http.createServer(options, async (request, response) => {
    const entry = await readRequest(name, request).catch(() => undefined)
    if (!entry) return
    const act = note(name, entry, record)
    if (act.close) return void request.socket.destroy()
    if (act.delay) await sleep(act.delay)
    if (act.raw !== undefined) return void request.socket.end(Buffer.from(act.raw, 'latin1'))
    // A gateway may try once more when a kept connection fails: requests to d come over connections of their own.
    if (name === 'd') response.shouldKeepAlive = false
    answer(response, act, `ok from ${name}\n`, request.method === 'HEAD')
  })
}

async function readRequest(name: string, request: http.IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const headers: HeaderPair[] = []
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    headers.push([(request.rawHeaders[i] as string).toLowerCase(), request.rawHeaders[i + 1] as string])
  }
  const body = Buffer.concat(chunks).toString('latin1')
  return { name, method: request.method ?? '', target: request.url ?? '', headers, body }
}

/** Notes the request and answers what the upstream is asked to do. A health check that names itself is kept apart. */
function note(name: string, entry: Seen, record: Recording): Act {
  let act = readAct(entry)
  const own = (act as Record<string, unknown>)[name]
  if (own) act = own as Act
  if (entry.headers.some(([header]) => header === 'x-probe')) {
    record.probes.push(entry)
    const status = record.probeStatus.get(name)
    if (status) act = { status }
  } else record.seen.push(entry)
  if (act.probe) record.probeStatus.set(name, act.probe)
  return act
}

function readAct(entry: Seen): Act {
  const asked = entry.headers.filter(([header]) => header === 'x-upstream').map(([, value]) => value)
  if (asked.length === 0) return {}
  try {
    return JSON.parse(asked.join(', ')) as Act
  } catch {
    return {}
  }
}

function answer(response: http.ServerResponse, act: Act, fallback: string, bodyless: boolean): void {
  const body = (act.body ?? fallback).repeat(act.times ?? 1)
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of act.headers ?? [['Content-Type', 'text/plain']]) {
    const before = headers[name]
    headers[name] = before === undefined ? value : [before, value].flat()
  }
  const framed = headers['Content-Length'] !== undefined || headers['Transfer-Encoding'] !== undefined
  if (!framed && !act.chunked) headers['Content-Length'] = String(Buffer.byteLength(body))
  response.sendDate = false
  response.writeHead(act.status ?? 200, headers)
  response.end(bodyless ? undefined : body)
}

async function listen<S extends net.Server>(server: S, port: number): Promise<S> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

/** A port may still be held by the case before: tried for half a minute. */
async function listenWhenFree(create: () => http.Server, port: number): Promise<http.Server> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await listen(create(), port)
    } catch (error) {
      if (attempt === 100) throw error
      await sleep(300)
    }
  }
}

async function findClosedPort(): Promise<number> {
  const server = await listen(net.createServer(), 0)
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function stopServer(server: http.Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
