import type { MergedOrder, Order, User } from '@portico/contracts'

export interface MergedPage {
  readonly items: MergedOrder[]
  readonly nextCursor: string | null
  readonly incomplete: 'user'[]
}

/** Puts who placed them into a page of orders; without the user the orders still come, and the page says what lacks. */
export function mergeOrders(page: { items: Order[]; nextCursor: string | null }, user: User | undefined): MergedPage {
  const details = user ? { id: user.id, email: user.email, name: user.name } : null
  return {
    items: page.items.map((order) => ({ ...order, user: details })),
    nextCursor: page.nextCursor,
    incomplete: user ? [] : ['user'],
  }
}
