/** What is wrong with a value: a text, several texts, or a tree of them by member. */
export type ErrorNode = string | readonly string[] | ErrorTree

export const ENTITY = '@entity'

/** Errors by member, as Kong nests them: field names, list indexes from 1, and `@entity` for what concerns the whole. */
export class ErrorTree {
  readonly #nodes = new Map<string | number, ErrorNode>()

  get isEmpty(): boolean {
    return this.#nodes.size === 0
  }

  get(key: string | number): ErrorNode | undefined {
    return this.#nodes.get(key)
  }

  has(key: string | number): boolean {
    return this.#nodes.has(key)
  }

  set(key: string | number, node: ErrorNode): void {
    this.#nodes.set(key, node)
  }

  delete(key: string | number): void {
    this.#nodes.delete(key)
  }

  /** Adds an error that concerns the whole. */
  addEntityError(message: string): void {
    const known = this.#nodes.get(ENTITY)
    this.#nodes.set(ENTITY, Array.isArray(known) ? [...known, message] : [message])
  }

  /** The tree below a member, made if need be. */
  child(key: string | number): ErrorTree {
    const known = this.#nodes.get(key)
    if (known instanceof ErrorTree) return known
    const made = new ErrorTree()
    this.#nodes.set(key, made)
    return made
  }

  /** Sets the error of a dotted path. */
  setAt(path: string, node: ErrorNode): void {
    const keys = path.split('.')
    const last = keys.pop() as string
    let at: ErrorTree = this
    for (const key of keys) at = at.child(key)
    at.set(last, node)
  }

  /** Whether anything is wrong at or below a dotted path. */
  hasAt(path: string): boolean {
    if (this.isEmpty) return false
    let at: ErrorNode | undefined = this
    for (const key of path.split('.')) {
      if (!(at instanceof ErrorTree)) return at !== undefined
      at = at.get(key)
    }
    return at !== undefined
  }

  /** Takes over every error of another tree; where both have one, the other's wins. */
  merge(other: ErrorTree): void {
    for (const [key, node] of other) {
      if (node instanceof ErrorTree && this.get(key) instanceof ErrorTree) this.child(key).merge(node)
      else this.#nodes.set(key, node)
    }
  }

  [Symbol.iterator](): IterableIterator<[string | number, ErrorNode]> {
    return this.#nodes[Symbol.iterator]()
  }

  /** As Kong encodes it: indexes alone make a list with nulls between, an empty tree is `{}`. */
  toJSON(): unknown {
    const keys = [...this.#nodes.keys()]
    if (keys.length === 0 || keys.some((key) => typeof key === 'string')) return Object.fromEntries(this.#nodes)
    const list: unknown[] = new Array(Math.max(...(keys as number[]))).fill(null)
    for (const [key, node] of this.#nodes) list[Number(key) - 1] = node
    return list
  }
}
