import type { Product } from '@portico/contracts'
import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { listCategories } from '../../shared/api/catalogue.ts'
import { amountText, parseAmount } from '../../shared/ui/format.ts'
import { TextField } from '../../shared/ui/text-field.tsx'
import type { Description } from '../api/products.ts'
import { TextArea } from './text-area.tsx'

interface ProductFieldsProps {
  readonly product?: Product
  readonly errors: Readonly<Record<string, string>>
}

/** Something in the form is wrong that the browser can't know. */
export class WrongField extends Error {
  override readonly name = 'WrongField'
}

/** What is said of a product, new or as it is. */
export function ProductFields({ product, errors }: ProductFieldsProps) {
  const known = useId()
  const { data: categories = [] } = useQuery({
    queryKey: ['categories'],
    queryFn: ({ signal }) => listCategories(signal),
  })
  return (
    <>
      <TextField label="Name" name="name" required maxLength={200} defaultValue={product?.name} error={errors.name} />
      <div className="fields">
        <TextField label="SKU" name="sku" required maxLength={64} defaultValue={product?.sku} error={errors.sku} />
        <TextField
          label="Category"
          name="category"
          required
          maxLength={100}
          list={known}
          defaultValue={product?.category}
          error={errors.category}
        />
        <datalist id={known}>
          {categories.map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <TextField
          label="Price"
          name="price"
          inputMode="decimal"
          required
          pattern="\s*\d+([.,]\d+)?\s*"
          title="Such as 19.99"
          defaultValue={product && amountText(product.price)}
          error={errors.price ?? errors['price.amount']}
        />
        <TextField
          label="Currency"
          name="currency"
          required
          pattern="[A-Z]{3}"
          title="Three capital letters, such as EUR"
          maxLength={3}
          defaultValue={product?.price.currency ?? 'EUR'}
          error={errors['price.currency']}
        />
      </div>
      <TextArea
        label="Description"
        name="description"
        maxLength={5000}
        defaultValue={product?.description}
        error={errors.description}
      />
      <TextField
        label="Picture"
        name="imageUrl"
        hint="A path or an address; may be left out"
        maxLength={2048}
        defaultValue={product?.imageUrl ?? ''}
        error={errors.imageUrl}
      />
    </>
  )
}

/** @throws WrongField when the price has more digits than its currency */
export function descriptionIn(values: Readonly<Record<string, string>>): Description {
  const { name = '', sku = '', category = '', description = '', currency = '', imageUrl = '' } = values
  const amount = parseAmount(values.price ?? '', currency)
  if (amount === undefined) throw new WrongField(`The price is no amount in ${currency}.`)
  return { name, sku, category, description, price: { amount, currency }, imageUrl: imageUrl.trim() || null }
}
