import { useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useId } from 'react'
import { Icon } from '../../shared/ui/icon.tsx'

/** Looks through the whole catalogue; what else was chosen there stays chosen. */
export function SearchForm() {
  const id = useId()
  const navigate = useNavigate()
  const search = useSearch({ strict: false })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const q = String(new FormData(event.currentTarget).get('q') ?? '').trim()
    void navigate({ to: '/shop', search: q ? { q } : {} })
  }
  return (
    <search className="search-form">
      <form onSubmit={submit}>
        <label className="visually-hidden" htmlFor={id}>
          Search the shop
        </label>
        <input
          id={id}
          // A navigation that changes what is searched for changes the text.
          key={search.q ?? ''}
          name="q"
          type="search"
          className="input search-form__input"
          placeholder="Lamp, wool, pocket knife …"
          defaultValue={search.q ?? ''}
          maxLength={200}
          autoComplete="off"
        />
        <button type="submit" className="icon-button search-form__button">
          <Icon name="search" size={20} />
          <span className="visually-hidden">Search</span>
        </button>
      </form>
    </search>
  )
}
