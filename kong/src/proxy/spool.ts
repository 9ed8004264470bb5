import { randomUUID } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BodySource } from './body-source.ts'

/** Up to so many bytes of a body stay in memory; what is longer goes into a temporary file. */
const memoryLimit = 65_536
const readSize = 65_536

/** Keeps a body so that it can be read as often as tries need it. The file has no name any more once it is open. */
export class Spool {
  #pieces: Buffer[] = []
  #file: FileHandle | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  async append(bytes: Buffer): Promise<void> {
    if (!this.#file && this.#size + bytes.length > memoryLimit) await this.#moveToFile()
    if (this.#file) await this.#file.write(bytes, 0, bytes.length, this.#size)
    else this.#pieces.push(bytes)
    this.#size += bytes.length
  }

  /** All of it, from the start; reads only what had been appended by then. */
  source(): BodySource {
    let index = 0
    let offset = 0
    return {
      next: () => {
        if (!this.#file) return this.#pieces[index++]
        const at = offset
        offset += readSize
        return this.#readFile(at)
      },
    }
  }

  /** All of it in one piece. */
  async bytes(): Promise<Buffer> {
    if (!this.#file) return this.#pieces.length === 1 && this.#pieces[0] ? this.#pieces[0] : Buffer.concat(this.#pieces)
    const whole = Buffer.alloc(this.#size)
    await this.#file.read(whole, 0, this.#size, 0)
    return whole
  }

  async dispose(): Promise<void> {
    this.#pieces = []
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  async #moveToFile(): Promise<void> {
    const path = join(tmpdir(), `portico-body-${randomUUID()}`)
    const file = await open(path, 'wx+', 0o600)
    await unlink(path)
    let at = 0
    for (const piece of this.#pieces) {
      await file.write(piece, 0, piece.length, at)
      at += piece.length
    }
    this.#pieces = []
    this.#file = file
  }

  async #readFile(at: number): Promise<Buffer | undefined> {
    const size = Math.min(readSize, this.#size - at)
    if (!this.#file || size <= 0) return undefined
    const piece = Buffer.allocUnsafe(size)
    const { bytesRead } = await this.#file.read(piece, 0, size, at)
    return piece.subarray(0, bytesRead)
  }
}
