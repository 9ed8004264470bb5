import { Link } from '@tanstack/react-router'
import { formatMoney } from '../../shared/ui/format.ts'
import { Icon } from '../../shared/ui/icon.tsx'
import { NumberStepper } from '../../shared/ui/number-stepper.tsx'
import { cart } from '../cart/cart.ts'
import { MAX_QUANTITY } from '../cart/stored-cart.ts'
import { type PricedLine, times } from '../cart/use-priced-cart.ts'
import { ProductPicture } from './product-picture.tsx'

export function CartLineRow({ line }: { readonly line: PricedLine }) {
  const { productId, name, quantity, product, gone } = line
  const tooMany = product && quantity > product.available
  return (
    <li className="cart-line">
      <ProductPicture imageUrl={product?.imageUrl ?? null} />
      <div className="cart-line__text">
        <h2 className="cart-line__name">
          <Link to="/shop/products/$productId" params={{ productId }}>
            {product?.name ?? name}
          </Link>
        </h2>
        {product && <p className="small soft">{formatMoney(product.price)} each</p>}
        {gone && <p className="field__error">It is no longer sold.</p>}
        {tooMany && <p className="field__error">Only {product.available} in stock.</p>}
        <div className="row">
          <NumberStepper
            label={`Quantity of ${name}`}
            value={quantity}
            min={1}
            max={MAX_QUANTITY}
            onChange={(next) => cart.setQuantity(productId, next)}
          />
          <button type="button" className="icon-button" onClick={() => cart.setQuantity(productId, 0)}>
            <Icon name="bin" size={20} />
            <span className="visually-hidden">Take {name} out</span>
          </button>
        </div>
      </div>
      <p className="cart-line__price">{product ? formatMoney(times(product.price, quantity)) : ''}</p>
    </li>
  )
}
