/** One line of the cart. The name is what it was called when it was put in, for when the catalogue does not answer. */
export interface CartLine {
  readonly productId: string
  readonly name: string
  readonly quantity: number
}

export const MAX_LINES = 100
export const MAX_QUANTITY = 1000

/** Reads a stored cart. What is not one (another version's, or tampered with) counts as empty, line by line. */
export function parseCart(stored: string | null): readonly CartLine[] {
  const value = parse(stored)
  if (!Array.isArray(value)) return []
  const lines = value.filter(isCartLine)
  return lines
    .filter((line, at) => lines.findIndex(({ productId }) => productId === line.productId) === at)
    .slice(0, MAX_LINES)
}

function parse(stored: string | null): unknown {
  try {
    return JSON.parse(stored ?? '[]')
  } catch {
    return undefined
  }
}

function isCartLine(value: unknown): value is CartLine {
  if (typeof value !== 'object' || value === null) return false
  const { productId, name, quantity } = value as Record<string, unknown>
  return (
    typeof productId === 'string' &&
    /^[0-9a-f-]{36}$/.test(productId) &&
    typeof name === 'string' &&
    Number.isInteger(quantity) &&
    Number(quantity) >= 1 &&
    Number(quantity) <= MAX_QUANTITY
  )
}

/** Puts something into the cart: another line, or more of one that is there. */
export function withMore(lines: readonly CartLine[], more: CartLine): readonly CartLine[] {
  const there = lines.find(({ productId }) => productId === more.productId)
  if (!there) return lines.length < MAX_LINES ? [...lines, more] : lines
  return withQuantity(lines, more.productId, there.quantity + more.quantity)
}

/** Changes how many of one product are in the cart; none takes the line out. */
export function withQuantity(lines: readonly CartLine[], productId: string, quantity: number): readonly CartLine[] {
  if (quantity < 1) return lines.filter((line) => line.productId !== productId)
  const capped = Math.min(quantity, MAX_QUANTITY)
  return lines.map((line) => (line.productId === productId ? { ...line, quantity: capped } : line))
}
