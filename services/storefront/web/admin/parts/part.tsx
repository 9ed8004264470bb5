import type { UseQueryResult } from '@tanstack/react-query'
import { type ReactNode, useId } from 'react'
import { Failure } from '../../shared/ui/failure.tsx'

interface PartProps<Data> {
  readonly title: string
  /** What could not be loaded, as a sentence. */
  readonly failure: string
  readonly query: Pick<UseQueryResult<Data>, 'data' | 'error' | 'refetch'>
  /** Beside the heading. */
  readonly tools?: ReactNode
  readonly children: (data: Data) => ReactNode
}

/** A part of a page with data of its own: it comes, stands or fails by itself, and can be asked for again. */
export function Part<Data>({ title, failure, query, tools, children }: PartProps<Data>) {
  const id = useId()
  const { data, error, refetch } = query
  return (
    <section className="part card stack" aria-labelledby={id}>
      <div className="row row--apart">
        <h2 id={id}>{title}</h2>
        {tools}
      </div>
      {error && <Failure what={failure} error={error} retry={() => void refetch()} />}
      {data !== undefined && children(data)}
      {data === undefined && !error && <Waiting />}
    </section>
  )
}

export function Waiting() {
  return (
    <div aria-busy="true">
      <p className="visually-hidden">Loading</p>
      <span className="skeleton skeleton--block" />
    </div>
  )
}
