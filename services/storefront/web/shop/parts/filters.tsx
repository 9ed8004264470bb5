import { getRouteApi, Link } from '@tanstack/react-router'
import { departmentName, departments } from '../categories.ts'
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
  const known = departments.map(({ id }) => id as string)
  const shown = search.category && !known.includes(search.category) ? [...known, search.category] : known
  return (
    <div className="stack">
      <nav aria-label={label}>
        <ul className="department-list">
          <DepartmentLink category={undefined} name="Everything" />
          {shown.map((category) => (
            <DepartmentLink key={category} category={category} name={departmentName(category)} />
          ))}
        </ul>
      </nav>
      <PriceFilter key={`${search.minPrice} ${search.maxPrice}`} />
    </div>
  )
}

function DepartmentLink({ category, name }: { readonly category: string | undefined; readonly name: string }) {
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
        {name}
      </Link>
    </li>
  )
}
