import { appendFile, type FileHandle, open } from 'node:fs/promises'
import type { Log } from '../../exchange.ts'

const MAX_WAITING = 10_000

/** A file that lines are appended to, in order and a few at a time; a disk that is too slow loses the newest lines. */
export class LogFile {
  readonly #path: string
  readonly #log: Log
  #handle: FileHandle | undefined
  #waiting: string[] = []
  #writing = false
  #dropped = 0

  constructor(path: string, log: Log) {
    this.#path = path
    this.#log = log
  }

  /** @param reopen whether the path is to be opened anew, in case the file was moved away */
  add(line: string, reopen: boolean): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#dropped++
      return
    }
    this.#waiting.push(line)
    if (!this.#writing) void this.#write(reopen)
  }

  async #write(reopen: boolean): Promise<void> {
    this.#writing = true
    while (this.#waiting.length > 0) {
      const text = this.#waiting.splice(0).join('')
      try {
        if (reopen) await appendFile(this.#path, text, { mode: 0o644 })
        else await (await this.#opened()).appendFile(text)
      } catch (error) {
        this.#log.error('log entries could not be written', { path: this.#path, error: String(error) })
      }
      this.#tellDropped()
    }
    this.#writing = false
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return
    this.#log.error('log entries were dropped: the file is too slow', { path: this.#path, dropped: this.#dropped })
    this.#dropped = 0
  }

  async #opened(): Promise<FileHandle> {
    this.#handle ??= await open(this.#path, 'a', 0o644)
    return this.#handle
  }
}
