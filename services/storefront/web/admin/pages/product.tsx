import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { announce } from '../../shared/ui/announcer.tsx'
import { ConfirmDialog } from '../../shared/ui/confirm-dialog.tsx'
import { Failure } from '../../shared/ui/failure.tsx'
import { formatTime } from '../../shared/ui/format.ts'
import { readVersioned, retireProduct, type Versioned } from '../api/products.ts'
import { Waiting } from '../parts/part.tsx'
import { ProductForm } from '../parts/product-form.tsx'
import { Stock } from '../parts/stock.tsx'
import { useTitle } from '../parts/use-title.ts'

const route = getRouteApi('/admin/products/$productId')

export function ProductPage() {
  const { productId } = route.useParams()
  const { data, error, refetch } = useQuery({
    queryKey: ['mine', 'product', productId],
    queryFn: ({ signal }) => readVersioned(productId, signal),
    staleTime: 0,
  })
  useTitle(data?.product.name ?? 'Product')
  return (
    <div className="stack">
      <p>
        <Link to="/admin/products">All products</Link>
      </p>
      <h1 tabIndex={-1}>{data?.product.name ?? 'Product'}</h1>
      {error && <Failure what="The product could not be loaded." error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && (
        <>
          <p className="small soft">
            Changed {formatTime(data.product.updatedAt)} · <span className="id">{productId}</span> ·{' '}
            <a href={`/shop/products/${productId}`}>In the shop</a>
          </p>
          <ProductForm key={productId} latest={data} />
          <Stock product={data.product} />
          <Retire seen={data} />
        </>
      )}
    </div>
  )
}

function Retire({ seen }: { readonly seen: Versioned }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const { product } = seen
  const retire = useMutation({
    mutationFn: () => retireProduct(seen),
    onSuccess: async () => {
      announce(`${product.name} is no longer in the catalogue.`)
      await navigate({ to: '/admin/products' })
      client.removeQueries({ queryKey: ['mine', 'product', product.id] })
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['mine', 'products'] }),
  })
  return (
    <section className="part card stack" aria-labelledby="retire">
      <h2 id="retire">Take it out of the catalogue</h2>
      <p>Nobody can buy it any more; orders that hold it stay as they are.</p>
      {retire.error && (
        <Failure
          what="It is still in the catalogue."
          error={retire.error}
          retry={() => void client.invalidateQueries({ queryKey: ['mine', 'product', product.id] })}
        />
      )}
      <div>
        <ConfirmDialog
          action="Retire this product"
          title={`Retire ${product.name}?`}
          confirm="Retire it"
          keep="Keep it"
          busy={retire.isPending}
          onConfirm={() => retire.mutate()}
        >
          <p>This can't be undone; it would have to be added anew, with another SKU.</p>
        </ConfirmDialog>
      </div>
    </section>
  )
}
