import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { announce } from '../../shared/ui/announcer.tsx'
import { Failure } from '../../shared/ui/failure.tsx'
import { TextField } from '../../shared/ui/text-field.tsx'
import { useForm } from '../../shared/ui/use-form.ts'
import { createProduct } from '../api/products.ts'
import { descriptionIn, ProductFields } from '../parts/product-fields.tsx'
import { useTitle } from '../parts/use-title.ts'

export function NewProduct() {
  useTitle('A new product')
  const client = useQueryClient()
  const navigate = useNavigate()
  const { errors, failure, busy, onSubmit } = useForm(async (values) => {
    const product = await createProduct({ ...descriptionIn(values), stock: Number(values.stock) })
    announce(`${product.name} is in the catalogue.`)
    void client.invalidateQueries({ queryKey: ['mine', 'products'] })
    await navigate({ to: '/admin/products/$productId', params: { productId: product.id } })
  })
  return (
    <div className="stack">
      <p>
        <Link to="/admin/products">All products</Link>
      </p>
      <h1 tabIndex={-1}>A new product</h1>
      <form className="card stack" onSubmit={onSubmit} noValidate>
        {failure !== undefined && <Failure what="The product was not added." error={failure} />}
        <ProductFields errors={errors} />
        <TextField
          label="First stock"
          name="stock"
          type="number"
          min={0}
          max={1_000_000_000}
          step={1}
          required
          defaultValue="0"
          error={errors.stock}
        />
        <div>
          <button type="submit" className="button" aria-disabled={busy}>
            {busy ? 'Adding …' : 'Add it'}
          </button>
        </div>
      </form>
    </div>
  )
}
