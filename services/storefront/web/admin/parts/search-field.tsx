import { type FormEvent, useId } from 'react'
import { Icon } from '../../shared/ui/icon.tsx'

interface SearchFieldProps {
  readonly label: string
  readonly hint: string
  readonly value: string
  readonly onSearch: (text: string | undefined) => void
}

export function SearchField({ label, hint, value, onSearch }: SearchFieldProps) {
  const id = useId()
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    onSearch(String(new FormData(event.currentTarget).get('q') ?? '').trim() || undefined)
  }
  return (
    <search className="search">
      <form className="field" onSubmit={onSubmit}>
        <label className="field__label" htmlFor={id}>
          {label}
        </label>
        <div className="search__row">
          <input
            key={value}
            id={id}
            name="q"
            type="search"
            className="input"
            defaultValue={value}
            maxLength={200}
            aria-describedby={`${id}-hint`}
          />
          <button type="submit" className="button button--quiet">
            <Icon name="search" size={18} />
            <span className="visually-hidden">Search</span>
          </button>
        </div>
        <p className="field__hint" id={`${id}-hint`}>
          {hint}
        </p>
      </form>
    </search>
  )
}
