import { Link } from '@tanstack/react-router'
import { Failure } from '../../shared/ui/failure.tsx'
import { formatMoney } from '../../shared/ui/format.ts'
import { Notice } from '../../shared/ui/notice.tsx'
import { useTitle } from '../../shared/ui/use-title.ts'
import { usePricedCart } from '../cart/use-priced-cart.ts'
import { CartLineRow } from '../parts/cart-line-row.tsx'

export function CartPage() {
  useTitle('Your cart')
  const { lines, total, error, retry } = usePricedCart()
  if (lines.length === 0) return <EmptyCart />
  const gone = lines.some((line) => line.gone)
  return (
    <div className="page cart">
      <h1 tabIndex={-1}>Your cart</h1>
      <ul className="cart__lines">
        {lines.map((line) => (
          <CartLineRow key={line.productId} line={line} />
        ))}
      </ul>
      <section className="card stack cart__sum" aria-label="Total">
        {error !== undefined && error !== null && (
          <Failure what="Prices could not be loaded. Your cart is kept." error={error} retry={retry} />
        )}
        {gone && <Notice tone="waiting" title="Something is no longer sold. Take it out to go on." />}
        <p className="row row--apart cart__total">
          <span>Total</span>
          <strong>{total ? formatMoney(total) : '…'}</strong>
        </p>
        {!gone && (
          <Link to="/shop/checkout" className="button button--wide">
            To the checkout
          </Link>
        )}
        <Link to="/shop" className="button button--quiet button--wide">
          Look around more
        </Link>
      </section>
    </div>
  )
}

function EmptyCart() {
  return (
    <div className="page empty">
      <div className="empty__arch" aria-hidden="true" />
      <h1 tabIndex={-1}>Your cart is empty</h1>
      <p className="soft">What you put in stays here, even when you close the page.</p>
      <Link to="/shop" className="button">
        Look around
      </Link>
    </div>
  )
}
