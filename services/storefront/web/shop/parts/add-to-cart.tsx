import type { Product } from '@portico/contracts'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { announce } from '../../shared/ui/announcer.tsx'
import { Icon } from '../../shared/ui/icon.tsx'
import { NumberStepper } from '../../shared/ui/number-stepper.tsx'
import { cart } from '../cart/cart.ts'
import { MAX_QUANTITY } from '../cart/stored-cart.ts'

export function AddToCart({ product }: { readonly product: Product }) {
  const [quantity, setQuantity] = useState(1)
  const [added, setAdded] = useState(0)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    cart.add({ productId: product.id, name: product.name, quantity })
    setAdded((before) => before + quantity)
    announce(`${quantity} × ${product.name} put into the cart.`)
  }
  return (
    <form className="stack" onSubmit={submit}>
      <div className="row">
        <NumberStepper
          label="Quantity"
          value={quantity}
          min={1}
          max={Math.min(product.available, MAX_QUANTITY)}
          onChange={setQuantity}
        />
        <button type="submit" className="button">
          Put into the cart
        </button>
      </div>
      {added > 0 && (
        <p className="row added">
          <Icon name="check" size={18} />
          {added === 1 ? 'It is in your cart.' : `${added} are in your cart.`}
          <Link to="/shop/cart">See the cart</Link>
        </p>
      )}
    </form>
  )
}
