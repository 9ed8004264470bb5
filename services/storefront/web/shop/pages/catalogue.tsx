import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect } from 'react'
import { listProducts } from '../../shared/api/catalogue.ts'
import { announce } from '../../shared/ui/announcer.tsx'
import { Failure } from '../../shared/ui/failure.tsx'
import { useTitle } from '../../shared/ui/use-title.ts'
import { departmentName, useCategories } from '../categories.ts'
import { Filters } from '../parts/filters.tsx'
import { ProductCard, ProductCardsPending } from '../parts/product-card.tsx'
import { SortChoice } from '../parts/sort-choice.tsx'
import type { CatalogueSearch } from '../search.ts'

const route = getRouteApi('/shop')

export function Catalogue() {
  const search = route.useSearch()
  const title = titleOf(search)
  useTitle(title)
  return (
    <div className="page catalogue">
      <div className="catalogue__head">
        <h1 tabIndex={-1}>{title}</h1>
        <SortChoice />
      </div>
      <Filters />
      <Results search={search} />
    </div>
  )
}

function titleOf({ q, category }: CatalogueSearch): string {
  const where = category ? departmentName(category) : undefined
  if (q) return where ? `“${q}” in ${where}` : `“${q}”`
  return where ?? 'The whole shop'
}

function Results({ search }: { readonly search: CatalogueSearch }) {
  const { data, error, isFetching, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['products', 'pages', search],
    queryFn: ({ pageParam, signal }) => listProducts({ ...search, limit: 24, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })
  const categories = useCategories()
  const tryAgain = () => {
    void (data ? fetchNextPage() : refetch())
    // They come from the same service, so they may have been away with it.
    if (categories.error) void categories.refetch()
  }
  const products = data?.pages.flatMap(({ items }) => items)
  const said = products && countText(products.length, hasNextPage)
  useEffect(() => {
    if (said) announce(said)
  }, [said])
  return (
    <section className="catalogue__results" aria-labelledby="products" aria-busy={isFetching}>
      <h2 id="products" className="visually-hidden">
        Products
      </h2>
      {!products && !error && <ProductCardsPending />}
      {products?.length === 0 && <NothingFound />}
      {products && products.length > 0 && (
        <>
          <p className="small soft">{said}</p>
          <ul className="product-grid">
            {products.map((product, at) => (
              <li key={product.id}>
                <ProductCard product={product} eager={at < 4} />
              </li>
            ))}
          </ul>
        </>
      )}
      {error && <Failure what="The catalogue could not be loaded." error={error} retry={tryAgain} />}
      {hasNextPage && !error && (
        <button
          type="button"
          className="button button--quiet"
          disabled={isFetching}
          onClick={() => void fetchNextPage()}
        >
          {isFetching ? 'Loading …' : 'Show more'}
        </button>
      )}
    </section>
  )
}

const countText = (count: number, more: boolean): string =>
  `${count === 1 ? 'One thing' : `${count} things`}${more ? ', and there is more' : ''}`

function NothingFound() {
  const navigate = route.useNavigate()
  return (
    <div className="empty">
      <div className="empty__arch" aria-hidden="true" />
      <h3>Nothing like that here</h3>
      <p className="soft">Try a shorter word, or fewer filters.</p>
      <button type="button" className="button button--quiet" onClick={() => void navigate({ search: {} })}>
        Show everything
      </button>
    </div>
  )
}
