import type { Product } from '@portico/contracts'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '../../shared/api/problem.ts'
import { announce } from '../../shared/ui/announcer.tsx'
import { Failure } from '../../shared/ui/failure.tsx'
import { formatMoney } from '../../shared/ui/format.ts'
import { Notice } from '../../shared/ui/notice.tsx'
import { useForm } from '../../shared/ui/use-form.ts'
import { changeProduct, readVersioned, type Versioned } from '../api/products.ts'
import { descriptionIn, ProductFields } from './product-fields.tsx'

/**
 * Changes a product as it was when the form was opened. If somebody else has changed it since, their change is shown,
 * and one decides: to go on from theirs, or to save one's own over it.
 */
export function ProductForm({ latest }: { readonly latest: Versioned }) {
  const client = useQueryClient()
  const [seen, setSeen] = useState(latest)
  const [theirs, setTheirs] = useState<Versioned>()
  const [saved, setSaved] = useState(false)
  const key = ['mine', 'product', seen.product.id]

  const { errors, failure, busy, onSubmit } = useForm(async (values) => {
    setSaved(false)
    try {
      // Once their change is shown, what is saved goes over it, and over no other.
      const next = await changeProduct({ ...seen, etag: theirs?.etag ?? seen.etag }, descriptionIn(values))
      client.setQueryData(key, next)
      setSeen(next)
      setTheirs(undefined)
      setSaved(true)
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'precondition_failed')) throw error
      setTheirs(await readVersioned(seen.product.id))
    }
  })
  const goOnFrom = (version: Versioned) => {
    setTheirs(undefined)
    setSeen(version)
    client.setQueryData(key, version)
  }
  return (
    <form key={seen.etag} className="card stack" onSubmit={onSubmit} noValidate>
      <h2>What is said of it</h2>
      {failure !== undefined && <Failure what="It was not changed." error={failure} />}
      {saved && <Notice tone="good" title="It is changed." />}
      {theirs && (
        <Conflict
          before={seen.product}
          theirs={theirs.product}
          onTheirs={() => {
            goOnFrom(theirs)
            announce('The form holds their version.')
          }}
        />
      )}
      <ProductFields product={seen.product} errors={errors} />
      <div>
        <button type="submit" className={theirs ? 'button button--danger' : 'button'} aria-disabled={busy}>
          {busy ? 'Saving …' : theirs ? 'Save mine over theirs' : 'Save'}
        </button>
      </div>
    </form>
  )
}

const shown: readonly { readonly name: string; readonly of: (product: Product) => string }[] = [
  { name: 'Name', of: ({ name }) => name },
  { name: 'SKU', of: ({ sku }) => sku },
  { name: 'Category', of: ({ category }) => category },
  { name: 'Price', of: ({ price }) => formatMoney(price) },
  { name: 'Description', of: ({ description }) => description },
  { name: 'Picture', of: ({ imageUrl }) => imageUrl ?? 'none' },
]

interface ConflictProps {
  readonly before: Product
  readonly theirs: Product
  readonly onTheirs: () => void
}

function Conflict({ before, theirs, onTheirs }: ConflictProps) {
  const changed = shown.filter(({ of }) => of(before) !== of(theirs))
  return (
    <Notice tone="bad" title="Somebody else changed it meanwhile. Nothing of yours is saved yet.">
      <ul>
        {changed.map(({ name, of }) => (
          <li key={name}>
            {name}: {of(before)} became {of(theirs)}
          </li>
        ))}
      </ul>
      <button type="button" className="button button--quiet button--small" onClick={onTheirs}>
        Throw mine away, go on from theirs
      </button>
    </Notice>
  )
}
