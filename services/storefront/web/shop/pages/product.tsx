import type { Product } from '@portico/contracts'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { readProduct } from '../../shared/api/catalogue.ts'
import { ApiError } from '../../shared/api/problem.ts'
import { Failure } from '../../shared/ui/failure.tsx'
import { formatMoney } from '../../shared/ui/format.ts'
import { useTitle } from '../../shared/ui/use-title.ts'
import { departmentName } from '../categories.ts'
import { AddToCart } from '../parts/add-to-cart.tsx'
import { PagePending } from '../parts/page-pending.tsx'
import { ProductPicture } from '../parts/product-picture.tsx'
import { NotFound } from './not-found.tsx'

const route = getRouteApi('/shop/products/$productId')

export function ProductPage() {
  const { productId } = route.useParams()
  const { data, error, refetch } = useQuery({
    queryKey: ['product', productId],
    queryFn: ({ signal }) => readProduct(productId, signal),
  })
  if (data) return <ProductDetails key={data.id} product={data} />
  if (error instanceof ApiError && [400, 404].includes(error.status)) return <NotFound />
  if (!error) return <PagePending />
  return (
    <div className="page">
      <h1 tabIndex={-1}>This product</h1>
      <Failure what="The product could not be loaded." error={error} retry={() => void refetch()} />
    </div>
  )
}

function ProductDetails({ product }: { readonly product: Product }) {
  const { name, description, category, price, available, imageUrl, sku } = product
  useTitle(name)
  return (
    <article className="page product">
      <ProductPicture imageUrl={imageUrl} alt={`Drawing: ${name}`} eager />
      <div className="stack product__text">
        <Link to="/shop" search={{ category }} className="small">
          {departmentName(category)}
        </Link>
        <h1 tabIndex={-1}>{name}</h1>
        <p className="product__price">{formatMoney(price)}</p>
        <p className="product__description">{description}</p>
        <p className={available > 0 ? 'badge badge--good' : 'badge badge--over'}>{stockText(available)}</p>
        {available > 0 && <AddToCart product={product} />}
        <p className="small soft">Article {sku}</p>
      </div>
    </article>
  )
}

function stockText(available: number): string {
  if (available === 0) return 'Sold out'
  return available <= 5 ? `Only ${available} left` : 'In stock'
}
