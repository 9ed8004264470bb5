import type { DeadLetter } from '@portico/contracts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { announce } from '../../shared/ui/announcer.tsx'
import { ConfirmDialog } from '../../shared/ui/confirm-dialog.tsx'
import { Failure } from '../../shared/ui/failure.tsx'
import { formatTime } from '../../shared/ui/format.ts'
import { ScrollRegion } from '../../shared/ui/scroll-region.tsx'
import { dropDeadLetter, listDeadLetters, readDeadLetter, replayDeadLetter } from '../api/operations.ts'
import { Choice } from '../parts/choice.tsx'
import { Paged, usePages } from '../parts/paged.tsx'
import { Waiting } from '../parts/part.tsx'
import { useTitle } from '../parts/use-title.ts'
import { deadLetterGroups } from '../search.ts'

const route = getRouteApi('/admin/dead-letters')
const POLL_MS = 10_000

export function DeadLetters() {
  useTitle('Dead letters')
  const { group = 'order' } = route.useSearch()
  const navigate = route.useNavigate()
  const pages = usePages(['dead-letters', group], (cursor, signal) => listDeadLetters({ group, cursor }, signal), {
    pollMs: POLL_MS,
  })
  return (
    <div className="stack">
      <h1 tabIndex={-1}>Dead letters</h1>
      <p>Events that a service could not handle, however often it tried. Once the reason is gone, replay them.</p>
      <div className="filters">
        <Choice
          label="Service"
          value={group}
          options={deadLetterGroups.map((value) => ({ value, name: `${value}-service` }))}
          onChange={(next) => void navigate({ search: next ? { group: next } : {} })}
        />
      </div>
      <Paged pages={pages} failure="The dead letters could not be loaded.">
        {(letters) =>
          letters.length === 0 ? (
            <p className="soft">There are none: {group}-service handled everything.</p>
          ) : (
            <ul className="stack">
              {letters.map((letter) => (
                <li key={letter.id}>
                  <Letter letter={letter} />
                </li>
              ))}
            </ul>
          )
        }
      </Paged>
    </div>
  )
}

function Letter({ letter }: { readonly letter: DeadLetter }) {
  const [open, setOpen] = useState(false)
  const client = useQueryClient()
  const settled = { onSettled: () => client.invalidateQueries({ queryKey: ['mine', 'dead-letters'] }) }
  const replay = useMutation({
    mutationFn: () => replayDeadLetter(letter.id),
    onSuccess: () => announce('It is given to its service again.'),
    ...settled,
  })
  const drop = useMutation({
    mutationFn: () => dropDeadLetter(letter.id),
    onSuccess: () => announce('It is thrown away.'),
    ...settled,
  })
  return (
    <article className="card stack">
      <div className="row row--apart">
        <h2>{letter.type ?? 'Not an event'}</h2>
        <span className="small soft">
          Given up {formatTime(letter.at)} after {letter.attempts} {letter.attempts === 1 ? 'try' : 'tries'}
        </span>
      </div>
      <p>{letter.reason}</p>
      {letter.orderId && (
        <p>
          Of order{' '}
          <Link to="/admin/orders/$orderId" params={{ orderId: letter.orderId }} className="id">
            {letter.orderId}
          </Link>
        </p>
      )}
      {replay.error && <Failure what="It was not replayed." error={replay.error} />}
      {drop.error && <Failure what="It was not thrown away." error={drop.error} />}
      <div className="row">
        <button
          type="button"
          className="button button--quiet"
          aria-disabled={replay.isPending}
          onClick={() => !replay.isPending && replay.mutate()}
        >
          Replay
        </button>
        <button type="button" className="button button--quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide the message' : 'Show the message'}
        </button>
        <ConfirmDialog
          action="Throw away"
          title="Throw this event away?"
          confirm="Throw it away"
          keep="Keep it"
          busy={drop.isPending}
          onConfirm={() => drop.mutate()}
        >
          <p>What it says will never happen in {letter.group}-service, and it can't be brought back.</p>
        </ConfirmDialog>
      </div>
      {open && <Message id={letter.id} />}
    </article>
  )
}

function Message({ id }: { readonly id: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['mine', 'dead-letter', id],
    queryFn: ({ signal }) => readDeadLetter(id, signal),
  })
  if (error) return <Failure what="The message could not be loaded." error={error} retry={() => void refetch()} />
  if (!data) return <Waiting />
  return (
    <ScrollRegion className="message" label="The message">
      <pre>{readable(data.message)}</pre>
    </ScrollRegion>
  )
}

function readable(message: string): string {
  try {
    return JSON.stringify(JSON.parse(message), null, 2)
  } catch {
    return message
  }
}
