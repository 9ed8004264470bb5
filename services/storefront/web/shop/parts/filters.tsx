import { getRouteApi, Link } from '@tanstack/react-router'
import { formatNumber } from '../../shared/ui/format.ts'
import { currencyOf, departmentName, useCategories } from '../categories.ts'
import { PriceFilter } from './price-filter.tsx'

const route = getRouteApi('/shop')

/** Departments and prices; folded on a small screen, open beside the products on a large one. */
export function Filters() {
  return (
    <>
      <details className="filters filters--folded">
        <summary className="button button--quiet button--small">Departments and prices</summary>
        <FilterParts label="Filters" />
      </details>
      <aside className="filters filters--open" aria-label="Filters">
        <FilterParts label="Departments" />
      </aside>
    </>
  )
}

function FilterParts({ label }: { readonly label: string }) {
  const search = route.useSearch()
  const { data: categories = [], error, refetch } = useCategories()
  const currency = currencyOf(categories)
  const empty = search.category && !categories.some(({ name }) => name === search.category)
  return (
    <div className="stack">
      <nav aria-label={label}>
        <ul className="department-list">
          <DepartmentLink category={undefined} name="Everything" />
          {categories.map(({ name, products }) => (
            <DepartmentLink key={name} category={name} name={departmentName(name)} products={products} />
          ))}
          {empty && <DepartmentLink category={search.category} name={departmentName(search.category ?? '')} />}
        </ul>
      </nav>
      {error && (
        <div className="stack">
          <p className="small">The departments could not be loaded.</p>
          <button type="button" className="button button--quiet button--small" onClick={() => void refetch()}>
            Load them again
          </button>
        </div>
      )}
      {currency && <PriceFilter key={`${search.minPrice} ${search.maxPrice}`} currency={currency} />}
    </div>
  )
}

interface DepartmentLinkProps {
  readonly category: string | undefined
  readonly name: string
  /** How many it has. */
  readonly products?: number
}

function DepartmentLink({ category, name, products }: DepartmentLinkProps) {
  const search = route.useSearch()
  const { category: _, ...others } = search
  return (
    <li>
      <Link
        to="/shop"
        search={category ? { ...others, category } : others}
        className="department-list__link"
        activeOptions={{ exact: true, includeSearch: true }}
      >
        {name} {products !== undefined && <span className="small soft">{formatNumber(products)}</span>}
      </Link>
    </li>
  )
}
