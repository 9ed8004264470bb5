import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP line to a server that tests cut, slow down and make silent. */
export class Line {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #target: URL
  #delayMs = 0
  #silent = false

  private constructor(target: URL) {
    this.#target = target
    this.#server = createServer((client) => this.#join(client))
  }

  /** Opens a line to the server of this address. */
  static async open(target: string): Promise<Line> {
    const line = new Line(new URL(target))
    await new Promise<void>((resolve) => line.#server.listen(0, '127.0.0.1', resolve))
    return line
  }

  /** The server's address by this line. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo
    // Only the scheme of some addresses lets `URL` change the port, so it is put in as text.
    return this.#target.href.replace(this.#target.host, `127.0.0.1:${port}`)
  }

  /** Ends every connection at once; new ones are let in. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** From now on every piece of data takes so long. */
  slow(delayMs: number): void {
    this.#delayMs = delayMs
  }

  /** From now on nothing comes through, and nobody is told; those connections stay so. */
  silence(): void {
    this.#silent = true
  }

  /** New connections work again; those that were silent stay silent. */
  restore(): void {
    this.#silent = false
    this.#delayMs = 0
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #join(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname)
    const pair = { silent: false }
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from)
      from.on('error', () => undefined)
      from.on('close', () => {
        this.#sockets.delete(from)
        if (!pair.silent) to.destroy()
      })
      from.on('data', (data) => {
        pair.silent ||= this.#silent
        if (pair.silent) return
        if (this.#delayMs === 0) to.write(data)
        else setTimeout(() => to.writable && to.write(data), this.#delayMs)
      })
    }
  }
}
