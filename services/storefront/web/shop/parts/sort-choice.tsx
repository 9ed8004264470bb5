import { getRouteApi } from '@tanstack/react-router'
import { useId } from 'react'
import { readCatalogueSearch } from '../search.ts'

const route = getRouteApi('/shop')

const sorts = [
  ['name', 'Name'],
  ['price', 'Price, lowest first'],
  ['-price', 'Price, highest first'],
  ['-updatedAt', 'Newest'],
] as const

export function SortChoice() {
  const id = useId()
  const { sort = 'name' } = route.useSearch()
  const navigate = route.useNavigate()
  const choose = (value: string) =>
    navigate({ search: (before) => readCatalogueSearch({ ...before, sort: value }), replace: true })
  return (
    <div className="sort-choice">
      <label htmlFor={id} className="small soft">
        Sort by
      </label>
      <select id={id} className="input" value={sort} onChange={(event) => void choose(event.target.value)}>
        {sorts.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </div>
  )
}
