import { connect, createServer, type Server, type Socket } from 'node:net'
import { findFreePort } from '../scripts/ports.ts'

/** The way from one process to another, which can be cut, slowed down or made to swallow everything. */
export interface Link {
  /** `order>mysql`. */
  readonly name: string
  readonly port: number
  /** Breaks every open connection; new ones are let through. */
  cut(): void
  /** From now on every piece of data comes so much later. */
  delay(ms: number): void
  /** From now on nothing comes through, and nobody is told; what was sent comes when it is mended. */
  swallow(): void
  mend(): void
  close(): Promise<void>
}

/** Listens on a free port of loopback and passes on what comes to `target`. */
export async function openLink(name: string, target: number): Promise<Link> {
  const port = await findFreePort()
  const way = new Way(target)
  const server = createServer({ allowHalfOpen: true }, (socket) => way.carry(socket))
  await listening(server, port)
  return {
    name,
    port,
    cut: () => way.cut(),
    delay: (ms) => way.be({ delayMs: ms, swallowing: false }),
    swallow: () => way.be({ delayMs: 0, swallowing: true }),
    mend: () => way.be({ delayMs: 0, swallowing: false }),
    close: () => {
      way.cut()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
}

interface State {
  readonly delayMs: number
  readonly swallowing: boolean
}

class Way {
  readonly #target: number
  readonly #sockets = new Set<Socket>()
  #state: State = { delayMs: 0, swallowing: false }

  constructor(target: number) {
    this.#target = target
  }

  carry(near: Socket): void {
    const far = connect({ port: this.#target, host: '127.0.0.1', allowHalfOpen: true })
    const breakBoth = () => {
      for (const socket of [near, far]) {
        this.#sockets.delete(socket)
        socket.resetAndDestroy()
      }
    }
    for (const socket of [near, far]) {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', breakBoth)
      socket.on('close', breakBoth)
      if (this.#state.swallowing) socket.pause()
    }
    this.#pass(near, far)
    this.#pass(far, near)
  }

  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  be(state: State): void {
    this.#state = state
    for (const socket of this.#sockets) {
      if (state.swallowing) socket.pause()
      else socket.resume()
    }
  }

  /** Each piece waits for the one before it, so that a delay never turns their order round. */
  #pass(from: Socket, to: Socket): void {
    let before: Promise<void> | undefined
    const inTurn = (work: () => void) => {
      const { delayMs } = this.#state
      if (delayMs === 0 && before === undefined) return work()
      const turn = Promise.all([before, new Promise((resolve) => setTimeout(resolve, delayMs))]).then(() => {
        if (before === turn) before = undefined
        work()
      })
      before = turn
    }
    from.on('data', (piece) =>
      inTurn(() => {
        if (to.writable && !to.write(piece)) {
          from.pause()
          to.once('drain', () => !this.#state.swallowing && from.resume())
        }
      }),
    )
    from.on('end', () => inTurn(() => to.end()))
  }
}
