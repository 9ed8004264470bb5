/**
 * An ordered list of header lines, as they stood on the wire: names keep their case, a name may come more than once,
 * and look-ups ignore case. Values are latin1 strings, so that any byte survives the way through the gateway.
 */
export class HeaderList {
  /** Name, value, name, value, … in order. */
  readonly #lines: string[]
  /** The names in lower case, made once, since a request looks for many. */
  readonly #names: string[]

  constructor(lines: readonly string[] = []) {
    this.#lines = [...lines]
    this.#names = []
    for (let i = 0; i < lines.length; i += 2) this.#names.push((lines[i] as string).toLowerCase())
  }

  static of(pairs: Iterable<readonly [string, string]>): HeaderList {
    const list = new HeaderList()
    for (const [name, value] of pairs) list.add(name, value)
    return list
  }

  /** The first value of a name. */
  get(name: string): string | undefined {
    const index = this.#names.indexOf(name.toLowerCase())
    return index < 0 ? undefined : this.#lines[2 * index + 1]
  }

  /** Every value of a name, in order. */
  all(name: string): string[] {
    const wanted = name.toLowerCase()
    const values: string[] = []
    for (let i = this.#names.indexOf(wanted); i >= 0; i = this.#names.indexOf(wanted, i + 1)) {
      values.push(this.#lines[2 * i + 1] as string)
    }
    return values
  }

  has(name: string): boolean {
    return this.#names.includes(name.toLowerCase())
  }

  /** Adds a line, whatever is there already. */
  add(name: string, value: string): void {
    this.#lines.push(name, value)
    this.#names.push(name.toLowerCase())
  }

  /** Puts lines before all others, in the order in which `lines` lists them. */
  prepend(lines: HeaderList): void {
    this.#lines.unshift(...lines.#lines)
    this.#names.unshift(...lines.#names)
  }

  /** Makes `value` the only value of the name, in the place of its first line. */
  set(name: string, value: string): void {
    const wanted = name.toLowerCase()
    const first = this.#names.indexOf(wanted)
    if (first < 0) {
      this.add(name, value)
      return
    }
    this.#lines[2 * first + 1] = value
    this.#removeAfter(wanted, first)
  }

  remove(name: string): void {
    this.#removeAfter(name.toLowerCase(), -1)
  }

  *[Symbol.iterator](): Generator<[name: string, value: string]> {
    for (let i = 0; i < this.#lines.length; i += 2) yield [this.#lines[i] as string, this.#lines[i + 1] as string]
  }

  /** The lines as a flat array: name, value, name, value, …; not to be changed. */
  get lines(): readonly string[] {
    return this.#lines
  }

  /** The names of the lines, in order and in lower case; not to be changed. */
  get names(): readonly string[] {
    return this.#names
  }

  clone(): HeaderList {
    return new HeaderList(this.#lines)
  }

  #removeAfter(wanted: string, index: number): void {
    for (let i = this.#names.indexOf(wanted, index + 1); i >= 0; i = this.#names.indexOf(wanted, i)) {
      this.#names.splice(i, 1)
      this.#lines.splice(2 * i, 2)
    }
  }
}
