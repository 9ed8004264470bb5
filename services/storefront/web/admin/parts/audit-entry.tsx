import type { AuditAction, AuditEntry } from '@portico/contracts'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { formatMoney, formatTime } from '../../shared/ui/format.ts'
import { readUser } from '../api/users.ts'
import { ShortId } from './short-id.tsx'

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
  'admin.created': 'Created an admin',
  'user.changed': "Changed a user's account",
  'user.sessions_ended': "Ended a user's sessions",
  'user.read': "Read a user's data",
  'user.listed': 'Listed users',
}

/** What an admin did: who, when, with what, and what it changed. */
export function Entry({ entry }: { readonly entry: AuditEntry }) {
  const { action, at, actor, requestId } = entry
  return (
    <article className="card stack audit">
      <div className="row row--apart">
        <h2 className="audit__what">{names[action]}</h2>
        <time dateTime={at} className="small soft">
          {formatTime(at)}
        </time>
      </div>
      <p className="row small soft">
        <Link to="/admin/audit" search={(before) => ({ ...before, actor })}>
          <Actor id={actor} />
        </Link>
        <span>
          of <Subject entry={entry} />
        </span>
        <span>
          by request <ShortId id={requestId} />
        </span>
      </p>
      <Changes entry={entry} />
    </article>
  )
}

/** An admin's address; their id where user-service does not answer. */
export function Actor({ id }: { readonly id: string }) {
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
  if (action.startsWith('user.') && action !== 'user.listed')
    return (
      <Link to="/admin/users/$userId" params={{ userId: subject }} aria-label={subject}>
        <ShortId id={subject} />
      </Link>
    )
  return <ShortId id={subject} />
}

/** Each field, as it was and as it became; one of the two where there is no other. */
function Changes({ entry: { before, after } }: { readonly entry: AuditEntry }) {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  const shown = fields.map((name) => ({ name, was: textOf(before?.[name]), is: textOf(after?.[name]) }))
  const told = shown.filter(({ was, is }) => was !== '' || is !== '')
  if (told.length === 0) return null
  return (
    <dl className="facts facts--narrow small">
      {told.map(({ name, was, is }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{was !== '' && is !== '' && was !== is ? `${was} → ${is}` : is || was}</dd>
        </div>
      ))}
    </dl>
  )
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'object' && 'amount' in value && 'currency' in value)
    return formatMoney({ amount: Number(value.amount), currency: String(value.currency) })
  return typeof value === 'string' ? value : JSON.stringify(value)
}
