/**
 * An ordered list of header lines, as they stood on the wire: names keep their case, a name may come more than once,
 * and look-ups ignore case. Values are latin1 strings, so that any byte survives the way through the gateway.
 */
export class HeaderList {
  /** Name, value, name, value, … in order. */
  readonly #lines: string[]

  constructor(lines: readonly string[] = []) {
    this.#lines = [...lines]
  }

  static of(pairs: Iterable<readonly [string, string]>): HeaderList {
    const list = new HeaderList()
    for (const [name, value] of pairs) list.add(name, value)
    return list
  }

  /** The first value of a name. */
  get(name: string): string | undefined {
    const wanted = name.toLowerCase()
    for (let i = 0; i < this.#lines.length; i += 2) {
      if ((this.#lines[i] as string).toLowerCase() === wanted) return this.#lines[i + 1]
    }
    return undefined
  }

  /** Every value of a name, in order. */
  all(name: string): string[] {
    const wanted = name.toLowerCase()
    const values: string[] = []
    for (let i = 0; i < this.#lines.length; i += 2) {
      if ((this.#lines[i] as string).toLowerCase() === wanted) values.push(this.#lines[i + 1] as string)
    }
    return values
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  /** Adds a line, whatever is there already. */
  add(name: string, value: string): void {
    this.#lines.push(name, value)
  }

  /** Puts lines before all others, in the order in which `lines` lists them. */
  prepend(lines: HeaderList): void {
    this.#lines.unshift(...lines.#lines)
  }

  /** Makes `value` the only value of the name, in the place of its first line. */
  set(name: string, value: string): void {
    const wanted = name.toLowerCase()
    let written = false
    for (let i = 0; i < this.#lines.length; i += 2) {
      if ((this.#lines[i] as string).toLowerCase() !== wanted) continue
      if (written) {
        this.#lines.splice(i, 2)
        i -= 2
      } else {
        this.#lines[i + 1] = value
        written = true
      }
    }
    if (!written) this.add(name, value)
  }

  remove(name: string): void {
    const wanted = name.toLowerCase()
    for (let i = this.#lines.length - 2; i >= 0; i -= 2) {
      if ((this.#lines[i] as string).toLowerCase() === wanted) this.#lines.splice(i, 2)
    }
  }

  *[Symbol.iterator](): Generator<[name: string, value: string]> {
    for (let i = 0; i < this.#lines.length; i += 2) yield [this.#lines[i] as string, this.#lines[i + 1] as string]
  }

  /** The lines as a flat array: name, value, name, value, …; not to be changed. */
  get lines(): readonly string[] {
    return this.#lines
  }

  clone(): HeaderList {
    return new HeaderList(this.#lines)
  }
}
