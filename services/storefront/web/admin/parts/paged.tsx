import { type UseInfiniteQueryResult, useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Page } from '../../shared/api/lists.ts'
import { Failure } from '../../shared/ui/failure.tsx'
import { Waiting } from './part.tsx'

type Pages<Each> = UseInfiniteQueryResult<{ readonly pages: readonly Each[] }>

/** A list in pages, of whoever is signed in; `pollMs`: looked at again by itself after so long. */
export function usePages<Each extends Page<unknown>>(
  key: readonly unknown[],
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<Each>,
  { pollMs }: { readonly pollMs?: number } = {},
): Pages<Each> {
  return useInfiniteQuery({
    queryKey: ['mine', ...key],
    queryFn: ({ pageParam, signal }) => load(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    staleTime: 5000,
    refetchInterval: pollMs ?? false,
  })
}

interface PagedProps<Each extends Page<unknown>> {
  readonly pages: Pages<Each>
  readonly failure: string
  readonly children: (items: readonly Each['items'][number][]) => ReactNode
}

/** Shows a list in pages, and more of it when asked. */
export function Paged<Each extends Page<unknown>>({ pages, failure, children }: PagedProps<Each>) {
  const { data, error, isFetching, hasNextPage, fetchNextPage, refetch } = pages
  return (
    <>
      {data && children(data.pages.flatMap(({ items }) => items))}
      {!data && !error && <Waiting />}
      {error && <Failure what={failure} error={error} retry={() => void refetch()} />}
      {hasNextPage && (
        <div>
          <button
            type="button"
            className="button button--quiet"
            disabled={isFetching}
            onClick={() => void fetchNextPage()}
          >
            Show more
          </button>
        </div>
      )}
    </>
  )
}
