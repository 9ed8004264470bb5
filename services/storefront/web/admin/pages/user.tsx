import type { AdministeredUser } from '@portico/contracts'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { formatTime } from '../../shared/ui/format.ts'
import { readUser } from '../api/users.ts'
import { AccountActions } from '../parts/account-actions.tsx'
import { Part } from '../parts/part.tsx'
import { Badge } from '../parts/status.tsx'
import { useTitle } from '../parts/use-title.ts'

const route = getRouteApi('/admin/users/$userId')

/** One account: what is known of it, and what an admin can do to it. */
export function UserPage() {
  const { userId } = route.useParams()
  const query = useQuery({ queryKey: ['mine', 'user', userId], queryFn: ({ signal }) => readUser(userId, signal) })
  const name = query.data?.name ?? 'User'
  useTitle(name)
  return (
    <div className="stack">
      <p>
        <Link to="/admin/users">All users</Link>
      </p>
      <h1 tabIndex={-1}>{name}</h1>
      <Part title="Account" failure="The account could not be loaded." query={query}>
        {(user) => (
          <>
            <Facts user={user} />
            <AccountActions key={user.id} user={user} />
          </>
        )}
      </Part>
    </div>
  )
}

function Facts({ user }: { readonly user: AdministeredUser }) {
  return (
    <dl className="facts">
      <dt>E-mail address</dt>
      <dd>{user.email}</dd>
      <dt>Role</dt>
      <dd>{user.role === 'admin' ? <Badge tone="told">Admin</Badge> : 'Customer'}</dd>
      <dt>State</dt>
      <dd>{user.disabled ? <Badge tone="bad">Disabled</Badge> : 'Active'}</dd>
      <dt>Since</dt>
      <dd>{formatTime(user.createdAt)}</dd>
      <dt>User</dt>
      <dd className="id">{user.id}</dd>
      <dt>Orders</dt>
      <dd>
        <Link to="/admin/orders" search={{ customerId: user.id }}>
          Orders of {user.name}
        </Link>
      </dd>
    </dl>
  )
}
