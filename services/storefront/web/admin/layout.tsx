import { Link, Outlet, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useSession } from '../shared/api/use-session.ts'
import { Announcer } from '../shared/ui/announcer.tsx'
import { ThemeSwitch } from '../shared/ui/theme-switch.tsx'
import { ForAdmins } from './parts/for-admins.tsx'
import { SignOut } from './parts/sign-out.tsx'

const places = [
  { to: '/admin', name: 'Dashboard' },
  { to: '/admin/orders', name: 'Orders' },
  { to: '/admin/payments', name: 'Payments' },
  { to: '/admin/products', name: 'Products' },
  { to: '/admin/users', name: 'Users' },
  { to: '/admin/dead-letters', name: 'Dead letters' },
  { to: '/admin/gateway', name: 'Gateway' },
  { to: '/admin/audit', name: 'Audit log' },
] as const

/** What stands around every page; the pages themselves are for admins. */
export function Layout() {
  useFocusAfterNavigation()
  const state = useSession()
  const out = state.status === 'signed-out' || (state.status === 'signed-in' && state.token.role !== 'admin')
  return (
    <div className={out ? 'panel panel--out' : 'panel'}>
      <a className="visually-hidden skip-link" href="#content">
        Skip to the content
      </a>
      <header className="panel__bar">
        <Link to="/admin" className="panel__logo">
          <svg viewBox="0 0 26 30" width="20" height="24" aria-hidden="true" focusable="false">
            <path d="M1 29V13a12 12 0 0 1 24 0v16h-5V13a7 7 0 0 0-14 0v16z" />
          </svg>
          Portico <span className="soft panel__what">administration</span>
        </Link>
        <div className="panel__tools">
          <ThemeSwitch />
          <a href="/" className="button button--quiet button--small">
            To the shop
          </a>
          <SignOut />
        </div>
      </header>
      {!out && (
        <nav className="panel__nav" aria-label="Main">
          <ul>
            {places.map(({ to, name }) => (
              <li key={to}>
                <Link
                  to={to}
                  className="panel__link"
                  activeProps={{ className: 'panel__link--here' }}
                  activeOptions={{ exact: to === '/admin' }}
                >
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <main id="content" tabIndex={-1} className="panel__content">
        <ForAdmins>
          <Outlet />
        </ForAdmins>
      </main>
      <Announcer />
    </div>
  )
}

/** A new page begins at its heading, for those who hear it and those who tab through it. */
function useFocusAfterNavigation(): void {
  const router = useRouter()
  useEffect(
    () =>
      router.subscribe('onRendered', ({ pathChanged, fromLocation }) => {
        if (!pathChanged || !fromLocation) return
        const target = document.querySelector<HTMLElement>('main h1') ?? document.querySelector('main')
        target?.focus({ preventScroll: true })
      }),
    [router],
  )
}
