import type { Path } from '../entity-node.ts'

/** Where a member of a map or a list stands: the offsets of its name or dash, and of its value. */
export interface Spot {
  readonly name: number
  value: number
}

/** A name that stands twice in one map. */
export interface Duplicate {
  readonly path: Path
  readonly first: number
  readonly second: number
}

/** Notes where everything in a text stands while it is read. */
export class Places {
  readonly duplicates: Duplicate[] = []
  readonly #spots = new Map<object, Map<string | number, Spot>>()
  readonly #path: (string | number)[] = []

  /** Begins a member, whose value begins at its name until said otherwise. Members do not overlap but nest. */
  begin(parent: object, step: string | number, name: number): Spot {
    this.#path.push(step)
    const spots = this.#spots.get(parent) ?? new Map<string | number, Spot>()
    this.#spots.set(parent, spots)
    const first = spots.get(step)
    if (first) this.duplicates.push({ path: [...this.#path], first: first.name, second: name })
    const spot = { name, value: name }
    spots.set(step, spot)
    return spot
  }

  end(): void {
    this.#path.pop()
  }

  /**
   * The offset of the value at a path, or of its name; of the nearest thing around it where it has no place of its own.
   * @param document the very values that were noted
   */
  find(document: object, path: Path, part: 'key' | 'value'): number | undefined {
    let at: unknown = document
    let found: number | undefined
    path.forEach((step, i) => {
      const parent = at as Readonly<Record<string | number, unknown>>
      const spot = this.#spots.get(parent)?.get(step)
      at = spot && parent[step]
      const isName = part === 'key' && i === path.length - 1 && !Array.isArray(parent)
      if (spot) found = isName ? spot.name : spot.value
    })
    return found
  }
}
