/** A body that is read piece by piece; who reads slowly makes the sender wait. */
export interface BodySource {
  /** The next piece; undefined at the end. Rejects when the rest will not come. */
  next(): Promise<Buffer | undefined> | Buffer | undefined
}

/** A body that is there already, in one piece. */
export function wholeBody(bytes: Buffer): BodySource {
  let left: Buffer | undefined = bytes.length > 0 ? bytes : undefined
  return {
    next() {
      const piece = left
      left = undefined
      return piece
    },
  }
}
