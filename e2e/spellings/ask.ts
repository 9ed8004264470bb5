import { Agent, request } from 'node:http'
import { type ClientHttp2Session, connect } from 'node:http2'
import { send } from '../../kong/conformance/raw-client.ts'

/** An answer; each header as one text. */
export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
}

type Headers = Readonly<Record<string, string>>

/** Sends requests whose targets are written as they are given, on connections that are kept. */
export class Asker {
  readonly #port: number
  readonly #agent = new Agent({ keepAlive: true })
  #session: ClientHttp2Session | undefined

  constructor(port: number) {
    this.#port = port
  }

  /** @throws Error where no answer comes */
  ask(over: 'http1' | 'http2', method: string, target: string, headers: Headers): Promise<Answered> {
    if (over === 'http2') return this.#askHttp2(method, target, headers)
    // node:http writes no control characters.
    return /[\0-\x20]/.test(target) ? this.#askRaw(method, target, headers) : this.#askHttp1(method, target, headers)
  }

  #askHttp1(method: string, target: string, headers: Headers): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.#port, agent: this.#agent, method, path: target, headers }
      const asked = request(options, (answer) => {
        answer.resume()
        answer.on('error', reject)
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: flatten(answer.headers) }))
      })
      asked.on('error', reject)
      asked.end()
    })
  }

  #askHttp2(method: string, target: string, headers: Headers): Promise<Answered> {
    this.#session ??= connect(`http://127.0.0.1:${this.#port}`)
    const stream = this.#session.request({ ':method': method, ':path': target, ...headers }, { endStream: true })
    return new Promise((resolve, reject) => {
      let answered: Answered | undefined
      stream.on('response', ({ ':status': status = 0, ...rest }) => {
        answered = { status, headers: flatten(rest) }
      })
      stream.on('error', reject)
      stream.on('close', () => (answered ? resolve(answered) : reject(new Error('there was no answer'))))
      stream.resume()
    })
  }

  async #askRaw(method: string, target: string, headers: Headers): Promise<Answered> {
    const answer = await send(this.#port, { method, target, headers: Object.entries(headers) })
    if (answer.error) throw new Error(`${method} ${JSON.stringify(target)}: ${answer.error}`)
    return { status: answer.status, headers: flatten(answer.headers) }
  }

  close(): void {
    this.#agent.destroy()
    this.#session?.close()
  }
}

const flatten = (headers: Readonly<Record<string, string | string[] | undefined>>): Answered['headers'] =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value?.toString()]))
