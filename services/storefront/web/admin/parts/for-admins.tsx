import type { ReactNode } from 'react'
import { session } from '../../shared/api/session.ts'
import { useSession } from '../../shared/api/use-session.ts'
import { Notice } from '../../shared/ui/notice.tsx'
import { PagePending } from './page-pending.tsx'
import { SignIn } from './sign-in.tsx'

/** What only an admin gets to see. That the API refuses others is what counts; this says so in words. */
export function ForAdmins({ children }: { readonly children: ReactNode }) {
  const state = useSession()
  if (state.status === 'restoring') return <PagePending />
  if (state.status === 'unreachable') {
    return (
      <div className="narrow stack">
        <h1 tabIndex={-1}>Administration</h1>
        <Notice tone="bad" title="Your session can't be looked up at the moment.">
          <p>The service that knows it does not answer.</p>
          <button
            type="button"
            className="button button--quiet button--small"
            onClick={() => void session.refresh().catch(() => {})}
          >
            Try again
          </button>
        </Notice>
      </div>
    )
  }
  if (state.status !== 'signed-in') return <SignIn />
  if (state.token.role === 'admin') return children
  return (
    <div className="narrow stack">
      <h1 tabIndex={-1}>This is for admins</h1>
      <Notice tone="bad" title="The account you are signed in with is not an admin's.">
        <p>Sign out, and sign in with one that is. An admin is made by: npm run admin -- create EMAIL</p>
      </Notice>
      <p>
        <a href="/shop">Back to the shop</a>
      </p>
    </div>
  )
}
