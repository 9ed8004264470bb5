import { useSyncExternalStore } from 'react'
import { type CartLine, parseCart, withMore, withQuantity } from './stored-cart.ts'

const KEY = 'portico.cart'
const listeners = new Set<() => void>()
let lines = parseCart(localStorage.getItem(KEY))

/** The cart of this browser: it survives a reload and is the same in all tabs. */
export const cart = {
  lines: (): readonly CartLine[] => lines,
  add: (line: CartLine): void => keep(withMore(lines, line)),
  setQuantity: (productId: string, quantity: number): void => keep(withQuantity(lines, productId, quantity)),
  clear: (): void => keep([]),
}

function keep(next: readonly CartLine[]): void {
  lines = next
  localStorage.setItem(KEY, JSON.stringify(next))
  tell()
}

function tell(): void {
  for (const listener of listeners) listener()
}

window.addEventListener('storage', ({ key, newValue }) => {
  if (key !== KEY) return
  lines = parseCart(newValue)
  tell()
})

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useCart = (): readonly CartLine[] => useSyncExternalStore(subscribe, cart.lines)

/** How many things are in it. */
export const countOf = (cartLines: readonly CartLine[]): number =>
  cartLines.reduce((sum, { quantity }) => sum + quantity, 0)
