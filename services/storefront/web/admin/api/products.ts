import type { Money, Product, StockMovement } from '@portico/contracts'
import { sendAuthorised } from '../../shared/api/authorised.ts'
import { send } from '../../shared/api/http.ts'
import type { Page } from '../../shared/api/lists.ts'

/** A product, and the version of its description. */
export interface Versioned {
  readonly product: Product
  readonly etag: string
}

/** What an admin says of a product. */
export interface Description {
  readonly sku: string
  readonly name: string
  readonly description: string
  readonly category: string
  readonly price: Money
  readonly imageUrl: string | null
}

const pathOf = (id: string) => `/v1/products/${encodeURIComponent(id)}`
const etagOf = (headers: Headers) => headers.get('etag') ?? ''

/** As it is now: an older copy would hold an older stock. */
export async function readVersioned(id: string, signal?: AbortSignal): Promise<Versioned> {
  const { body, headers } = await send<Product>(pathOf(id), { signal, cache: 'no-store' })
  return { product: body, etag: etagOf(headers) }
}

export const createProduct = async (given: Description & { readonly stock: number }): Promise<Product> =>
  (await sendAuthorised<Product>('/v1/products', { method: 'POST', body: given })).body

/** @throws ApiError precondition_failed when it is no longer as it was read */
export async function changeProduct({ product, etag }: Versioned, given: Description): Promise<Versioned> {
  const ask = { method: 'PATCH', body: given, headers: { 'if-match': etag } } as const
  const { body, headers } = await sendAuthorised<Product>(pathOf(product.id), ask)
  return { product: body, etag: etagOf(headers) }
}

/** @throws ApiError precondition_failed when it is no longer as it was read */
export async function retireProduct({ product, etag }: Versioned): Promise<void> {
  await sendAuthorised(pathOf(product.id), { method: 'DELETE', headers: { 'if-match': etag } })
}

export async function changeStock(id: string, delta: number, reason: string): Promise<Product> {
  return (await sendAuthorised<Product>(`${pathOf(id)}/stock`, { method: 'POST', body: { delta, reason } })).body
}

export async function listMovements(
  id: string,
  cursor: string | undefined,
  signal?: AbortSignal,
): Promise<Page<StockMovement>> {
  const path = `/v1/admin/products/${encodeURIComponent(id)}/movements`
  return (await sendAuthorised<Page<StockMovement>>(path, { query: { cursor, limit: 10 }, signal })).body
}
