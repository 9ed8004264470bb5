import { Link } from '@tanstack/react-router'
import { useSession } from '../../shared/api/use-session.ts'
import { Icon } from '../../shared/ui/icon.tsx'
import { ThemeSwitch } from '../../shared/ui/theme-switch.tsx'
import { countOf, useCart } from '../cart/cart.ts'
import { SearchForm } from './search-form.tsx'

export function Header() {
  const count = countOf(useCart())
  const signedIn = useSession().status === 'signed-in'
  return (
    <header className="header">
      <div className="header__inner">
        <Link to="/" className="logo">
          <svg className="logo__mark" viewBox="0 0 26 30" width="26" height="30" aria-hidden="true" focusable="false">
            <path d="M1 29V13a12 12 0 0 1 24 0v16h-5V13a7 7 0 0 0-14 0v16z" />
          </svg>
          Portico
        </Link>
        <nav className="header__nav" aria-label="Main">
          <Link
            to="/shop"
            className="nav-link"
            activeProps={{ className: 'nav-link--here' }}
            activeOptions={{ exact: true }}
          >
            Shop
          </Link>
          {signedIn && (
            <Link to="/shop/orders" className="nav-link" activeProps={{ className: 'nav-link--here' }}>
              Orders
            </Link>
          )}
        </nav>
        <SearchForm />
        <div className="header__tools">
          <ThemeSwitch />
          <Link to={signedIn ? '/shop/profile' : '/shop/sign-in'} className="icon-button">
            <Icon name="person" />
            <span className="visually-hidden">{signedIn ? 'Your account' : 'Sign in'}</span>
          </Link>
          <Link to="/shop/cart" className="icon-button cart-link">
            <Icon name="basket" />
            <span className="visually-hidden">Cart, {count === 1 ? '1 thing' : `${count} things`}</span>
            {count > 0 && (
              <span className="cart-link__count" aria-hidden="true">
                {count > 99 ? '99+' : count}
              </span>
            )}
          </Link>
        </div>
      </div>
    </header>
  )
}
