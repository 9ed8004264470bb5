import { Link, useLocation } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { session } from '../../shared/api/session.ts'
import { useSession } from '../../shared/api/use-session.ts'
import { Notice } from '../../shared/ui/notice.tsx'
import { PagePending } from './page-pending.tsx'

/** What only somebody who is signed in gets to see; others are shown the way in, and back to here. */
export function ForSignedIn({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const { status } = useSession()
  const { pathname } = useLocation()
  if (status === 'signed-in') return children
  if (status === 'restoring') return <PagePending />
  return (
    <div className="page narrow stack">
      <h1 tabIndex={-1}>{title}</h1>
      {status === 'unreachable' ? (
        <Notice tone="bad" title="Your account can't be reached at the moment.">
          <p>The rest of the shop works. Your cart is kept.</p>
          <button
            type="button"
            className="button button--quiet button--small"
            onClick={() => void session.refresh().catch(() => {})}
          >
            Try again
          </button>
        </Notice>
      ) : (
        <>
          <p>Please sign in to go on.</p>
          <div className="row">
            <Link to="/shop/sign-in" search={{ next: pathname }} className="button">
              Sign in
            </Link>
            <Link to="/shop/register" search={{ next: pathname }} className="button button--quiet">
              Create an account
            </Link>
          </div>
        </>
      )}
    </div>
  )
}
