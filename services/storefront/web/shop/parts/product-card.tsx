import type { Product } from '@portico/contracts'
import { Link } from '@tanstack/react-router'
import { formatMoney } from '../../shared/ui/format.ts'
import { ProductPicture } from './product-picture.tsx'

/** A product among others. The whole card leads to its page; the link's text is its name. */
export function ProductCard({ product, eager = false }: { readonly product: Product; readonly eager?: boolean }) {
  const { id, name, price, available, imageUrl } = product
  return (
    <article className="product-card">
      <ProductPicture imageUrl={imageUrl} eager={eager} />
      <h3 className="product-card__name">
        <Link to="/shop/products/$productId" params={{ productId: id }} className="product-card__link">
          {name}
        </Link>
      </h3>
      <p className="product-card__price">
        {formatMoney(price)}
        {available === 0 && <span className="badge badge--over">Sold out</span>}
      </p>
    </article>
  )
}

const places = Array.from({ length: 8 }, (_, at) => at)

/** Stands where cards will be. */
export function ProductCardsPending() {
  return (
    <div className="product-grid" aria-hidden="true">
      {places.map((place) => (
        <div className="product-card" key={place}>
          <span className="skeleton arch" />
          <span className="skeleton" />
        </div>
      ))}
    </div>
  )
}
