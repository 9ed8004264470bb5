import type { Socket } from 'node:net'
import { ClientConnection } from './client-connection.ts'
import type { ServerContext } from './context.ts'
import { Http2Connection } from './http2/connection.ts'
import { spokenOn } from './http2/preface.ts'
import type { SpokenProtocol } from './listeners.ts'

/** A client's connection, whatever is spoken on it. */
export interface Connection {
  /** Serves until the connection ends. */
  run(): Promise<void>
  /** Whether nothing is under way. */
  readonly idle: boolean
  /** Closes the connection: at once if it is idle, else after what is under way. */
  finish(): void
  destroy(): void
}

export function connectionFor(socket: Socket, protocol: SpokenProtocol, context: ServerContext): Connection {
  if (protocol === 'http1') return new ClientConnection(socket, context)
  if (protocol === 'http2') return new Http2Connection(socket, context)
  if (protocol === 'astray') return new ClientConnection(socket, context, { astray: true })
  return new NewConnection(socket, context)
}

/** A connection whose protocol shows only in its first bytes. */
class NewConnection implements Connection {
  readonly #socket: Socket
  readonly #context: ServerContext
  #known: Connection | undefined

  constructor(socket: Socket, context: ServerContext) {
    this.#socket = socket
    this.#context = context
    socket.on('error', () => undefined)
  }

  async run(): Promise<void> {
    const protocol = await spokenOn(this.#socket, this.#context.settings.client.headerTimeout)
    if (protocol === undefined || this.#socket.destroyed) return this.destroy()
    this.#known = connectionFor(this.#socket, protocol, this.#context)
    await this.#known.run()
  }

  get idle(): boolean {
    return this.#known?.idle ?? true
  }

  finish(): void {
    if (this.#known) this.#known.finish()
    else this.destroy()
  }

  destroy(): void {
    this.#socket.destroy()
  }
}
