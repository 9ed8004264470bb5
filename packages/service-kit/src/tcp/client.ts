import { connect as openSocket, type Socket } from 'node:net'
import type { Reply, Route } from '@portico/contracts'
import { CallFailed, CallRefused, type Client, problemBody } from '../http/client.ts'
import { newId } from '../ids.ts'
import type { Log } from '../log.ts'
import { BrokenFrame, FrameReader, frame } from './frames.ts'
import { answerPacket } from './packets.ts'

export interface TcpClient {
  /** Calls a route by its id, as the HTTP client does by its path. */
  readonly call: Client
  /** Says something once, to whoever listens now. @returns whether it was sent */
  emit(pattern: string, data: unknown): Promise<boolean>
  close(): void
}

interface Waiting {
  readonly resolve: (answer: { response?: unknown; err?: unknown }) => void
  readonly reject: (error: CallFailed) => void
}

const CONNECT_MS = 2000
const MAX_WAITING = 10_000

/**
 * A client of a NestJS microservice, or of ours, on TCP: one connection, opened when it is needed and again when it was
 * lost, with many calls at once over it.
 */
export function connectTcp(url: string, log: Log): TcpClient {
  const { hostname, port } = new URL(url)
  const waiting = new Map<string, Waiting>()
  let connection: Promise<Socket> | undefined
  let closed = false

  const lost = (why: string, cause: Error | undefined) => {
    connection = undefined
    for (const { reject } of waiting.values()) reject(new CallFailed(why, { cause }))
    waiting.clear()
  }

  const open = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const frames = new FrameReader()
      const socket = openSocket({ host: hostname, port: Number(port), noDelay: true, keepAlive: true })
      const timer = setTimeout(() => socket.destroy(new CallFailed(`${url} takes no connection`)), CONNECT_MS)
      socket.once('connect', () => {
        clearTimeout(timer)
        resolve(socket)
      })
      socket.on('data', (bytes) => {
        try {
          for (const message of frames.read(bytes as Buffer)) settle(message)
        } catch (error) {
          socket.destroy(error as Error)
        }
      })
      let broken: Error | undefined
      socket.on('error', (error) => {
        broken = error
        log.debug({ err: error, url }, 'TCP connection')
      })
      socket.once('close', () => {
        clearTimeout(timer)
        const why = broken instanceof BrokenFrame ? `closed after ${broken.message}` : 'the connection was lost'
        lost(`${url}: ${why}`, broken)
        reject(new CallFailed(`${url} does not answer`))
      })
    })

  const settle = (message: unknown) => {
    const answer = answerPacket.safeParse(message)
    if (!answer.success) return
    const { id, response, err } = answer.data
    waiting.get(id)?.resolve({ response, err })
  }

  const connected = (): Promise<Socket> => {
    if (closed) return Promise.reject(new CallFailed(`${url}: closed`))
    connection ??= open()
    return connection
  }

  const ask = async (pattern: string, data: unknown, timeoutMs: number, signal?: AbortSignal) => {
    const ended = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])])
    if (waiting.size >= MAX_WAITING) throw new CallFailed(`${url}: too many calls are waiting`)
    const id = newId()
    try {
      return await new Promise<{ response?: unknown; err?: unknown }>((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        ended.addEventListener('abort', () => reject(new CallFailed(`${pattern}: no answer in time`)), { once: true })
        connected().then((socket) => waiting.has(id) && socket.write(frame({ pattern, data, id })), reject)
      })
    } finally {
      waiting.delete(id)
    }
  }

  const call: Client = async (route, input, { timeoutMs, signal, ...rest }) => {
    const data = { ...rest, ...input }
    const { response, err } = await ask(`{"cmd":"${route.id}"}`, data, timeoutMs, signal)
    if (err !== undefined && err !== null) throw refusal(route, err)
    return reply(route, response)
  }
  return {
    call,
    async emit(pattern, data) {
      try {
        ;(await connected()).write(frame({ pattern, data }))
        return true
      } catch (error) {
        log.debug({ err: error, pattern }, 'nobody hears this event')
        return false
      }
    },
    close() {
      closed = true
      connection?.then((socket) => socket.end()).catch(() => undefined)
    },
  }
}

function refusal(route: Route, err: unknown): CallRefused | CallFailed {
  const problem = problemBody.safeParse(err)
  if (problem.success && problem.data.type !== undefined)
    return new CallRefused(problem.data.status ?? 500, problem.data)
  return new CallFailed(`${route.id}: ${typeof err === 'string' ? err : 'failed'}`, { cause: err })
}

/** A message has no status: the answer is checked against the route's success. */
function reply<R extends Route>(route: R, response: unknown): Reply<R> {
  const [status, schema] = Object.entries(route.replies)[0] ?? []
  const body = schema?.safeParse(response)
  if (body && !body.success) throw new CallFailed(`${route.id}: answered outside its contract`, { cause: body.error })
  return { status: Number(status), ...(body && { body: body.data }), headers: {} } as unknown as Reply<R>
}
