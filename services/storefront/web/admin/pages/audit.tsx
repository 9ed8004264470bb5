import type { AuditAction, AuditEntry, AuditState } from '@portico/contracts'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { formatMoney, formatTime } from '../../shared/ui/format.ts'
import { Notice } from '../../shared/ui/notice.tsx'
import { listAudit, readUser } from '../api/operations.ts'
import { Choice } from '../parts/choice.tsx'
import { Paged, usePages } from '../parts/paged.tsx'
import { ShortId } from '../parts/short-id.tsx'
import { Table } from '../parts/table.tsx'
import { useTitle } from '../parts/use-title.ts'
import { auditedServices } from '../search.ts'

const route = getRouteApi('/admin/audit')

const names: Readonly<Record<AuditAction, string>> = {
  'product.created': 'Added a product',
  'product.changed': 'Changed a product',
  'product.retired': 'Retired a product',
  'stock.changed': 'Changed a stock',
  'order.cancelled': 'Cancelled an order',
  'payment.refunded': 'Refunded a payment',
  'payment.settled': 'Asked the provider again',
  'dead_letter.replayed': 'Replayed a dead letter',
  'dead_letter.dropped': 'Threw a dead letter away',
}

export function Audit() {
  useTitle('Audit log')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const pages = usePages(['audit', search], (cursor, signal) => listAudit({ ...search, cursor }, signal))
  const missing = [...new Set(pages.data?.pages.flatMap(({ incomplete }) => incomplete))]
  return (
    <div className="stack">
      <h1 tabIndex={-1}>Audit log</h1>
      <div className="filters">
        <Choice
          label="Service"
          value={search.service ?? ''}
          all="All"
          options={auditedServices.map((value) => ({ value, name: `${value}-service` }))}
          onChange={(service) =>
            void navigate({ search: ({ service: _, ...rest }) => ({ ...rest, ...(service && { service }) }) })
          }
        />
      </div>
      {search.actor && (
        <p className="row">
          <span>
            Of <Actor id={search.actor} /> only.
          </span>
          <Link to="/admin/audit" search={({ actor: _, ...rest }) => rest}>
            Of all admins
          </Link>
        </p>
      )}
      {missing.length > 0 && (
        <Notice tone="waiting" title={`What ${missing.join('-service and ')}-service holds is missing here.`}>
          <p>It does not answer. The other services' entries are complete.</p>
          <button type="button" className="button button--quiet button--small" onClick={() => void pages.refetch()}>
            Try again
          </button>
        </Notice>
      )}
      <Paged pages={pages} failure="The audit log could not be loaded.">
        {(entries) => (
          <Table
            caption="What admins did, the latest first"
            rows={entries}
            keyOf={({ id }) => id}
            empty="There is no such entry."
            columns={[
              { name: 'What', cell: ({ action }) => names[action] },
              { name: 'When', cell: ({ at }) => formatTime(at) },
              {
                name: 'Who',
                cell: ({ actor }) => (
                  <Link to="/admin/audit" search={{ ...search, actor }}>
                    <Actor id={actor} />
                  </Link>
                ),
              },
              { name: 'Of', cell: (entry) => <Subject entry={entry} /> },
              { name: 'Before', long: true, cell: ({ before }) => <State state={before} /> },
              { name: 'After', long: true, cell: ({ after }) => <State state={after} /> },
              { name: 'Request', cell: ({ requestId }) => <ShortId id={requestId} /> },
            ]}
          />
        )}
      </Paged>
    </div>
  )
}

function Actor({ id }: { readonly id: string }) {
  const { data } = useQuery({ queryKey: ['mine', 'user', id], queryFn: ({ signal }) => readUser(id, signal) })
  return data ? data.email : <span className="id">{id}</span>
}

/** Where what was acted on can be seen. */
function Subject({ entry: { action, subject } }: { readonly entry: AuditEntry }) {
  if (action === 'order.cancelled')
    return (
      <Link to="/admin/orders/$orderId" params={{ orderId: subject }} aria-label={subject}>
        <ShortId id={subject} />
      </Link>
    )
  if (action === 'product.changed' || action === 'product.created' || action === 'stock.changed')
    return (
      <Link to="/admin/products/$productId" params={{ productId: subject }} aria-label={subject}>
        <ShortId id={subject} />
      </Link>
    )
  return <ShortId id={subject} />
}

function State({ state }: { readonly state: AuditState }) {
  if (state === null) return '–'
  return (
    <dl className="facts facts--small">
      {Object.entries(state).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{textOf(value)}</dd>
        </div>
      ))}
    </dl>
  )
}

function textOf(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'amount' in value && 'currency' in value)
    return formatMoney({ amount: Number(value.amount), currency: String(value.currency) })
  return typeof value === 'string' ? value : JSON.stringify(value)
}
