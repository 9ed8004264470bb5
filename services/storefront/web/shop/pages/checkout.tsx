import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { placeOrder } from '../../shared/api/orders.ts'
import { ApiError, mayPass } from '../../shared/api/problem.ts'
import { useSession } from '../../shared/api/use-session.ts'
import { Failure } from '../../shared/ui/failure.tsx'
import { formatMoney } from '../../shared/ui/format.ts'
import { useTitle } from '../../shared/ui/use-title.ts'
import { cart } from '../cart/cart.ts'
import { type PricedCart, times, usePricedCart } from '../cart/use-priced-cart.ts'
import { attemptKey } from '../checkout/attempt-key.ts'
import { CardChoice } from '../parts/card-choice.tsx'
import { ForSignedIn } from '../parts/for-signed-in.tsx'

export function Checkout() {
  useTitle('Checkout')
  return (
    <ForSignedIn title="Checkout">
      <CheckoutForm />
    </ForSignedIn>
  )
}

function CheckoutForm() {
  const state = useSession()
  const priced = usePricedCart()
  const [card, setCard] = useState<string>('tok_ok')
  const userId = state.status === 'signed-in' ? state.token.userId : ''
  const place = usePlacing(userId)
  const items = priced.lines.map(({ productId, quantity }) => ({ productId, quantity }))
  if (items.length === 0 && !place.isPending && !place.isSuccess) return <NothingToPay />
  return (
    <form
      className="page cart"
      onSubmit={(event) => {
        event.preventDefault()
        if (!place.isPending) place.mutate({ items, card })
      }}
    >
      <h1 tabIndex={-1}>Checkout</h1>
      <CardChoice value={card} onChange={setCard} />
      <section className="card stack cart__sum" aria-label="Your order">
        <Lines priced={priced} />
        {priced.error !== undefined && (
          <Failure what="Prices could not be loaded." error={priced.error} retry={priced.retry} />
        )}
        {place.error && <PlacingFailed error={place.error} />}
        <button type="submit" className="button button--wide" aria-disabled={place.isPending}>
          {place.isPending
            ? 'Placing your order …'
            : place.error && mayPass(place.error)
              ? 'Try again'
              : 'Order and pay'}
        </button>
        <p className="small soft">No real money moves. What the order costs is confirmed when it is placed.</p>
      </section>
    </form>
  )
}

/** Places the order. The key stays the same until an answer tells what became of it, so a second try is no second order. */
function usePlacing(userId: string) {
  const navigate = useNavigate()
  const client = useQueryClient()
  const attempt = attemptKey(`checkout.${userId}`)
  return useMutation({
    mutationFn: ({ items, card }: { items: { productId: string; quantity: number }[]; card: string }) =>
      placeOrder(items, card, attempt.for({ items, card })),
    onSuccess: (order) => {
      attempt.done()
      cart.clear()
      client.setQueryData(['mine', 'order', order.id], order)
      void client.invalidateQueries({ queryKey: ['mine', 'orders'] })
      void client.invalidateQueries({ queryKey: ['product'] })
      return navigate({ to: '/shop/orders/$orderId', params: { orderId: order.id }, replace: true })
    },
  })
}

function Lines({ priced }: { readonly priced: PricedCart }) {
  return (
    <>
      <h2>Your order</h2>
      <ul className="sum-lines">
        {priced.lines.map(({ productId, name, quantity, product }) => (
          <li key={productId} className="row row--apart">
            <span>
              {quantity} × {product?.name ?? name}
            </span>
            <span>{product ? formatMoney(times(product.price, quantity)) : '…'}</span>
          </li>
        ))}
      </ul>
      <p className="row row--apart cart__total">
        <span>Total</span>
        <strong>{priced.total ? formatMoney(priced.total) : '…'}</strong>
      </p>
    </>
  )
}

function PlacingFailed({ error }: { readonly error: Error }) {
  if (error instanceof ApiError && error.code === 'out_of_stock') {
    return <Failure what="Not everything is in stock any more. Nothing was ordered." error={error} />
  }
  if (mayPass(error)) {
    return (
      <Failure
        what="We don't know yet whether your order went through. Trying again is safe: it will not be ordered twice."
        error={error}
      />
    )
  }
  return <Failure what="Your order could not be placed." error={error} />
}

function NothingToPay() {
  return (
    <div className="page empty">
      <div className="empty__arch" aria-hidden="true" />
      <h1 tabIndex={-1}>Nothing to pay for yet</h1>
      <Link to="/shop" className="button">
        Look around
      </Link>
    </div>
  )
}
