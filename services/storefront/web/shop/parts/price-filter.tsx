import { getRouteApi } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { currencyName, minorUnitsOf } from '../../shared/ui/format.ts'
import { TextField } from '../../shared/ui/text-field.tsx'
import { readCatalogueSearch } from '../search.ts'

const route = getRouteApi('/shop')

/** From and to, in whole units as people think of prices; the address and the API have minor units. */
export function PriceFilter({ currency }: { readonly currency: string }) {
  const { minPrice, maxPrice } = route.useSearch()
  const navigate = route.useNavigate()
  const [error, setError] = useState<string>()
  const unit = minorUnitsOf(currency)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const [from, to] = [minorOf(given.get('from'), unit), minorOf(given.get('to'), unit)]
    if (from !== undefined && to !== undefined && from > to) return setError('The lower price comes first.')
    setError(undefined)
    void navigate({ search: (before) => readCatalogueSearch({ ...before, minPrice: from, maxPrice: to }) })
  }
  return (
    <form className="price-filter" onSubmit={submit}>
      <fieldset>
        <legend className="field__label">Price in {currencyName(currency)}</legend>
        <div className="price-filter__fields">
          <TextField
            label="From"
            name="from"
            inputMode="numeric"
            pattern="[0-9]*"
            defaultValue={wholeOf(minPrice, unit)}
            error={error}
          />
          <TextField label="To" name="to" inputMode="numeric" pattern="[0-9]*" defaultValue={wholeOf(maxPrice, unit)} />
        </div>
      </fieldset>
      <button type="submit" className="button button--quiet button--small">
        Apply
      </button>
    </form>
  )
}

function minorOf(value: FormDataEntryValue | null, unit: number): number | undefined {
  const whole = Number(String(value ?? '').trim() || Number.NaN)
  return Number.isInteger(whole) && whole >= 0 && whole < 1_000_000_000 ? whole * unit : undefined
}

const wholeOf = (minor: number | undefined, unit: number): string =>
  minor === undefined ? '' : String(Math.round(minor / unit))
