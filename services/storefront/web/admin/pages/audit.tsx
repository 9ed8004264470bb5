import { getRouteApi, Link } from '@tanstack/react-router'
import { Notice } from '../../shared/ui/notice.tsx'
import { listAudit } from '../api/operations.ts'
import { Actor, Entry } from '../parts/audit-entry.tsx'
import { Choice } from '../parts/choice.tsx'
import { Paged, usePages } from '../parts/paged.tsx'
import { useTitle } from '../parts/use-title.ts'
import { type AuditView, auditedServices } from '../search.ts'

const route = getRouteApi('/admin/audit')

const views: readonly { readonly value: AuditView; readonly name: string }[] = [
  { value: 'reads', name: 'Reads of personal data' },
  { value: 'all', name: 'Changes and reads' },
]

export function Audit() {
  useTitle('Audit log')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { show, ...filters } = search
  const kind = show === 'all' ? undefined : show === 'reads' ? 'read' : 'change'
  const pages = usePages(['audit', search], (cursor, signal) => listAudit({ ...filters, kind, cursor }, signal))
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
        <Choice
          label="Show"
          value={show ?? ''}
          all="Changes"
          options={views}
          onChange={(chosen) =>
            void navigate({ search: ({ show: _, ...rest }) => ({ ...rest, ...(chosen && { show: chosen }) }) })
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
        {(entries) =>
          entries.length === 0 ? (
            <p className="soft">There is no such entry.</p>
          ) : (
            <ul className="stack" aria-label="What admins did, the latest first">
              {entries.map((entry) => (
                <li key={entry.id}>
                  <Entry entry={entry} />
                </li>
              ))}
            </ul>
          )
        }
      </Paged>
    </div>
  )
}
