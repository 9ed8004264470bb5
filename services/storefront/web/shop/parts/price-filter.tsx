import { getRouteApi } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { TextField } from '../../shared/ui/text-field.tsx'
import { readCatalogueSearch } from '../search.ts'

const route = getRouteApi('/shop')

/** From and to, in whole euros as people think of prices; the address and the API have cents. */
export function PriceFilter() {
  const { minPrice, maxPrice } = route.useSearch()
  const navigate = route.useNavigate()
  const [error, setError] = useState<string>()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const [from, to] = [centsOf(given.get('from')), centsOf(given.get('to'))]
    if (from !== undefined && to !== undefined && from > to) return setError('The lower price comes first.')
    setError(undefined)
    void navigate({ search: (before) => readCatalogueSearch({ ...before, minPrice: from, maxPrice: to }) })
  }
  return (
    <form className="price-filter" onSubmit={submit}>
      <fieldset>
        <legend className="field__label">Price in euros</legend>
        <div className="price-filter__fields">
          <TextField
            label="From"
            name="from"
            inputMode="numeric"
            pattern="[0-9]*"
            defaultValue={eurosOf(minPrice)}
            error={error}
          />
          <TextField label="To" name="to" inputMode="numeric" pattern="[0-9]*" defaultValue={eurosOf(maxPrice)} />
        </div>
      </fieldset>
      <button type="submit" className="button button--quiet button--small">
        Apply
      </button>
    </form>
  )
}

function centsOf(value: FormDataEntryValue | null): number | undefined {
  const euros = Number(String(value ?? '').trim() || Number.NaN)
  return Number.isInteger(euros) && euros >= 0 && euros < 1_000_000 ? euros * 100 : undefined
}

const eurosOf = (cents: number | undefined): string => (cents === undefined ? '' : String(Math.round(cents / 100)))
