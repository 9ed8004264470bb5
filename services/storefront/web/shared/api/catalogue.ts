import type { Category, Product } from '@portico/contracts'
import { send } from './http.ts'
import type { Page } from './lists.ts'

export type Sort = 'name' | 'price' | '-price' | '-updatedAt'

export interface CatalogueQuery {
  readonly q?: string | undefined
  readonly category?: string | undefined
  /** Minor units. */
  readonly minPrice?: number | undefined
  readonly maxPrice?: number | undefined
  readonly sort?: Sort | undefined
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}

export const listProducts = async (query: CatalogueQuery, signal?: AbortSignal): Promise<Page<Product>> =>
  (await send<Page<Product>>('/v1/products', { query: { ...query }, signal })).body

export const readProduct = async (id: string, signal?: AbortSignal): Promise<Product> =>
  (await send<Product>(`/v1/products/${encodeURIComponent(id)}`, { signal })).body

/** All of them: no shop has more than a hundred. */
export const listCategories = async (signal?: AbortSignal): Promise<readonly Category[]> =>
  (await send<Page<Category>>('/v1/categories', { query: { limit: 100 }, signal })).body.items
