import { appendFile, type FileHandle, open } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from './exchange.ts'

/** What waits for the disk at most. */
const MAX_LINES = 10_000
const MAX_BYTES = 8 * 1024 * 1024

/** A file that lines are appended to, in order and in batches. Where the disk is too slow, the newest lines are dropped. */
export class LogFile {
  readonly #path: string
  readonly #log: Log
  readonly #delayMs: number
  #handle: FileHandle | undefined
  #waiting: string[] = []
  #bytes = 0
  #writing: Promise<void> | undefined
  #hurry = Promise.withResolvers<void>()
  #failing = false
  #untold = 0
  /** Lines that were dropped since the start. */
  dropped = 0

  /** @param delayMs how long lines are collected before they are written */
  constructor(path: string, log: Log, { delayMs = 0 } = {}) {
    this.#path = path
    this.#log = log
    this.#delayMs = delayMs
  }

  /** @param reopen whether the path is to be opened anew, in case the file was moved away */
  add(line: string, reopen = false): void {
    if (this.#waiting.length >= MAX_LINES || this.#bytes >= MAX_BYTES) {
      this.dropped++
      this.#untold++
      return
    }
    this.#waiting.push(line)
    this.#bytes += line.length
    this.#writing ??= this.#write(reopen)
  }

  /** Opens the file, so that a path that can't be written is noticed at once. @throws the error of the system */
  async open(): Promise<void> {
    await this.#opened()
  }

  /** Writes what waits, but for a disk that hangs no longer than this. @param patienceMs milliseconds */
  async close(patienceMs = 500): Promise<void> {
    this.#hurry.resolve()
    await Promise.race([this.#writing, wait(patienceMs, undefined, { ref: false })])
    if (this.#writing === undefined) await this.#handle?.close()
  }

  async #write(reopen: boolean): Promise<void> {
    while (this.#waiting.length > 0) {
      if (this.#delayMs > 0) await Promise.race([this.#hurry.promise, wait(this.#delayMs, undefined, { ref: false })])
      const text = this.#waiting.splice(0).join('')
      this.#bytes = 0
      try {
        if (reopen) await appendFile(this.#path, text, { mode: 0o644 })
        else await (await this.#opened()).appendFile(text)
        this.#failing = false
      } catch (error) {
        this.#tellFailure(error)
      }
      this.#tellDropped()
    }
    this.#writing = undefined
  }

  /** Once until it works again: a full disk must not become a flood of errors. */
  #tellFailure(error: unknown): void {
    if (!this.#failing) this.#log.error('log entries could not be written', { path: this.#path, error: String(error) })
    this.#failing = true
  }

  #tellDropped(): void {
    if (this.#untold === 0) return
    this.#log.error('log entries were dropped: the file is too slow', { path: this.#path, dropped: this.#untold })
    this.#untold = 0
  }

  async #opened(): Promise<FileHandle> {
    this.#handle ??= await open(this.#path, 'a', 0o644)
    return this.#handle
  }
}
