import { randomUUID } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BodySource } from './body-source.ts'
import type { SpoolBudget } from './spool-budget.ts'

/** A body up to this many bytes stays in memory; a longer one goes into a temporary file. */
const memoryLimit = 65_536
const readSize = 65_536
const nothing: Buffer = Buffer.alloc(0)

/** There is no room for another piece of a body: the budget is used up, or the disk is full. */
export class SpoolFull extends Error {
  override readonly name = 'SpoolFull'
}

/**
 * Keeps a body so that it can be sent again. The temporary file is unlinked as soon as it is open, so its space is freed
 * when it is closed, or when the process dies.
 */
export class Spool {
  readonly #budget: SpoolBudget
  /** Holds the body in its first bytes until the file does. Pieces are copied, since thousands of tiny ones cost far more. */
  #memory = nothing
  #file: FileHandle | undefined
  #size = 0
  /** Bytes reserved in the budget. */
  #reserved = 0
  #disposed = false

  constructor(budget: SpoolBudget) {
    this.#budget = budget
  }

  get size(): number {
    return this.#size
  }

  /** @throws SpoolFull */
  async append(bytes: Buffer): Promise<void> {
    if (this.#disposed) throw new SpoolFull('the body was let go')
    if (!this.#budget.take(bytes.length)) throw new SpoolFull(`request bodies exceed ${this.#budget.limit} bytes`)
    this.#reserved += bytes.length
    try {
      if (!this.#file && this.#size + bytes.length > memoryLimit) await this.#moveToFile()
      if (this.#file) await writeAll(this.#file, bytes, this.#size)
      else this.#remember(bytes)
    } catch (error) {
      throw isDiskFull(error) ? new SpoolFull('the disk is full', { cause: error }) : error
    }
    this.#size += bytes.length
  }

  /** All of it, from the start; reads only what had been appended by then. */
  source(): BodySource {
    let offset = 0
    return {
      next: () => {
        const at = offset
        if (!this.#file) {
          offset = this.#size
          return at < offset ? this.#memory.subarray(at, offset) : undefined
        }
        offset += readSize
        return this.#readFile(at)
      },
    }
  }

  /** All of it in one piece. */
  async bytes(): Promise<Buffer> {
    if (!this.#file) return this.#memory.subarray(0, this.#size)
    const whole = Buffer.alloc(this.#size)
    await this.#file.read(whole, 0, this.#size, 0)
    return whole
  }

  /** Frees memory, disk and budget. Safe to call again. */
  async dispose(): Promise<void> {
    this.#disposed = true
    this.#memory = nothing
    const file = this.#file
    this.#file = undefined
    this.#budget.give(this.#reserved)
    this.#reserved = 0
    await file?.close()
  }

  async #moveToFile(): Promise<void> {
    const path = join(tmpdir(), `portico-body-${randomUUID()}`)
    const file = await open(path, 'wx+', 0o600)
    this.#file = file
    await unlink(path)
    await writeAll(file, this.#memory.subarray(0, this.#size), 0)
    this.#memory = nothing
  }

  #remember(bytes: Buffer): void {
    const size = this.#size + bytes.length
    if (this.#size === 0) {
      this.#memory = bytes
      return
    }
    if (size > this.#memory.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(memoryLimit, Math.max(size, 2 * this.#memory.length)))
      this.#memory.copy(larger, 0, 0, this.#size)
      this.#memory = larger
    }
    bytes.copy(this.#memory, this.#size)
  }

  async #readFile(at: number): Promise<Buffer | undefined> {
    const size = Math.min(readSize, this.#size - at)
    if (!this.#file || size <= 0) return undefined
    const piece = Buffer.allocUnsafe(size)
    const { bytesRead } = await this.#file.read(piece, 0, size, at)
    return piece.subarray(0, bytesRead)
  }
}

/** Writes a whole piece: a disk that fills up takes a part of it first, and fails at the next write. */
async function writeAll(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done)
    done += bytesWritten
  }
}

const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
