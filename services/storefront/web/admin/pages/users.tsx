import { getRouteApi, Link } from '@tanstack/react-router'
import { formatTime } from '../../shared/ui/format.ts'
import { listUsers } from '../api/users.ts'
import { Paged, usePages } from '../parts/paged.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { Badge } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { useTitle } from '../parts/use-title.ts'

const route = getRouteApi('/admin/users')

export function Users() {
  useTitle('Users')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const pages = usePages(['users', search], (cursor, signal) => listUsers({ ...search, cursor }, signal))
  return (
    <div className="stack">
      <h1 tabIndex={-1}>Users</h1>
      <SearchField
        label="Find a user"
        hint="A part of the name or of the e-mail address"
        value={search.q ?? ''}
        onSearch={(q) => void navigate({ search: q ? { q } : {} })}
      />
      <Paged pages={pages} failure="The users could not be loaded.">
        {(users) => (
          <Table
            caption="Users, the newest first"
            rows={users}
            keyOf={({ id }) => id}
            empty="There is no such user."
            columns={[
              {
                name: 'E-mail address',
                cell: ({ id, email }) => (
                  <Link to="/admin/users/$userId" params={{ userId: id }}>
                    {email}
                  </Link>
                ),
              },
              { name: 'Name', cell: ({ name }) => name },
              {
                name: 'Role',
                cell: ({ role }) => (role === 'admin' ? <Badge tone="told">Admin</Badge> : 'Customer'),
              },
              {
                name: 'State',
                cell: ({ disabled }) => (disabled ? <Badge tone="bad">Disabled</Badge> : 'Active'),
              },
              { name: 'Since', cell: ({ createdAt }) => formatTime(createdAt) },
              {
                name: 'Orders',
                cell: ({ id, name }) => (
                  <Link to="/admin/orders" search={{ customerId: id }} aria-label={`Orders of ${name}`}>
                    Orders
                  </Link>
                ),
              },
            ]}
          />
        )}
      </Paged>
    </div>
  )
}
