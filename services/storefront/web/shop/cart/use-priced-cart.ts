import type { Money, Product } from '@portico/contracts'
import { useQueries } from '@tanstack/react-query'
import { readProduct } from '../../shared/api/catalogue.ts'
import { ApiError } from '../../shared/api/problem.ts'
import { useCart } from './cart.ts'
import type { CartLine } from './stored-cart.ts'

export interface PricedLine extends CartLine {
  /** Undefined while it loads, and when it can't be loaded. */
  readonly product: Product | undefined
  /** The catalogue has it no more. */
  readonly gone: boolean
}

export interface PricedCart {
  readonly lines: readonly PricedLine[]
  /** Undefined until every line has a price. */
  readonly total: Money | undefined
  /** Why prices are missing, when they could not be loaded. */
  readonly error: unknown
  readonly retry: () => void
}

/** The cart with the catalogue's prices of now; what the order will cost is said by the order itself. */
export function usePricedCart(): PricedCart {
  const cart = useCart()
  const results = useQueries({
    queries: cart.map(({ productId }) => ({
      queryKey: ['product', productId],
      queryFn: ({ signal }: { signal: AbortSignal }) => readProduct(productId, signal),
    })),
  })
  const lines = cart.map((line, at): PricedLine => {
    const { data, error } = results[at] ?? {}
    return { ...line, product: data, gone: error instanceof ApiError && error.status === 404 }
  })
  const failed = results.filter(({ error }) => error && !(error instanceof ApiError && error.status === 404))
  return {
    lines,
    total: totalOf(lines),
    error: failed[0]?.error,
    retry: () => {
      for (const { refetch } of failed) void refetch()
    },
  }
}

function totalOf(lines: readonly PricedLine[]): Money | undefined {
  const [first, ...rest] = lines.map(({ product, quantity }) => product && times(product.price, quantity))
  if (!first) return undefined
  let amount = first.amount
  for (const each of rest) {
    if (each?.currency !== first.currency) return undefined
    amount += each.amount
  }
  return { amount, currency: first.currency }
}

export const times = ({ amount, currency }: Money, quantity: number): Money => ({ amount: amount * quantity, currency })
