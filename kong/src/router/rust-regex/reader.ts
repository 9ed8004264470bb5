import { RegexRefusal } from './syntax-tree.ts'

/** A place in a pattern that moves forward, code point by code point. */
export class Reader {
  readonly #characters: readonly string[]
  at = 0

  constructor(pattern: string) {
    this.#characters = [...pattern]
  }

  get ended(): boolean {
    return this.at >= this.#characters.length
  }

  peek(ahead = 0): string | undefined {
    return this.#characters[this.at + ahead]
  }

  next(): string {
    const character = this.#characters[this.at]
    this.at++
    return character ?? ''
  }

  /** Whether a text of ASCII characters stands here. */
  startsWith(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.#characters[this.at + i] !== text[i]) return false
    return true
  }

  /** Goes past the text if it stands here. */
  take(text: string): boolean {
    if (!this.startsWith(text)) return false
    this.at += text.length
    return true
  }

  /** Everything up to the text, which is passed too; undefined when it doesn't come. */
  takeUntil(end: string): string | undefined {
    for (let i = this.at; i < this.#characters.length; i++) {
      if (this.#characters[i] !== end) continue
      const text = this.#characters.slice(this.at, i).join('')
      this.at = i + 1
      return text
    }
    return undefined
  }

  refuse(message: string, start: number, end: number = this.at): RegexRefusal {
    return new RegexRefusal(this.#characters, message, start, end)
  }
}
