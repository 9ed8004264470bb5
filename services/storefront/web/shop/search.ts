import type { OrderStatus } from '@portico/contracts'
import type { Sort } from '../shared/api/catalogue.ts'

type Raw = Readonly<Record<string, unknown>>

/** What the catalogue page shows, as it stands in the address. Prices are in minor units. */
export interface CatalogueSearch {
  readonly q?: string | undefined
  readonly category?: string | undefined
  readonly minPrice?: number | undefined
  readonly maxPrice?: number | undefined
  readonly sort?: Sort | undefined
}

const sorts: readonly Sort[] = ['name', 'price', '-price', '-updatedAt']
const statuses: readonly OrderStatus[] = ['pending', 'paid', 'payment_failed', 'cancelled', 'refunded']

/** Takes what is right of an address somebody may have typed, and leaves the rest. */
export function readCatalogueSearch(raw: Raw): CatalogueSearch {
  return present({
    q: textOf(raw.q, 200),
    category: textOf(raw.category, 100),
    minPrice: amountOf(raw.minPrice),
    maxPrice: amountOf(raw.maxPrice),
    sort: sorts.find((sort) => sort === raw.sort),
  })
}

export const readStatus = (raw: Raw): { status?: OrderStatus | undefined } =>
  present({ status: statuses.find((status) => status === raw.status) })

/** Where to go after signing in: a path of the shop, never another site. */
export function readNext(raw: Raw): { next?: string | undefined } {
  const next = textOf(raw.next, 500)
  return present({ next: next && /^\/shop(\/[\w/-]*)?$/.test(next) ? next : undefined })
}

function present<Shape extends object>(shape: Shape): Shape {
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined)) as Shape
}

function textOf(value: unknown, longest: number): string | undefined {
  // The router reads digits in an address as a number.
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && text.trim() !== '' ? text.trim().slice(0, longest) : undefined
}

function amountOf(value: unknown): number | undefined {
  const amount = Number(value)
  return value !== '' && value !== null && Number.isSafeInteger(amount) && amount >= 0 ? amount : undefined
}
