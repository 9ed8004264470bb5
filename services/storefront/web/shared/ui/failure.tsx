import { useEffect, useState } from 'react'
import { ApiError, retryAfterOf } from '../api/problem.ts'
import { Notice } from './notice.tsx'

interface FailureProps {
  /** What could not be done, as a sentence: "The catalogue could not be loaded." */
  readonly what: string
  readonly error: unknown
  readonly retry?: () => void
}

/** Says honestly that something failed, and offers to try again, or tells when, once that may help. */
export function Failure({ what, error, retry }: FailureProps) {
  const seconds = useCountdown(error)
  const requestId = error instanceof ApiError ? error.requestId : undefined
  return (
    <Notice tone="bad" title={what}>
      <p>{textOf(error)}</p>
      {requestId && <p className="small">For questions: request {requestId}</p>}
      {retry ? (
        <button type="button" className="button button--quiet button--small" disabled={seconds > 0} onClick={retry}>
          {seconds > 0 ? `Try again in ${seconds} s` : 'Try again'}
        </button>
      ) : (
        // Counted for the eye alone: read out each second it would be a nuisance.
        seconds > 0 && <p aria-live="off">You can try again in {seconds} s.</p>
      )}
    </Notice>
  )
}

function textOf(error: unknown): string {
  if (error instanceof ApiError && error.status === 429) return 'That was too often in a short time.'
  return error instanceof Error ? error.message : 'Something went wrong.'
}

/** Counts the whole seconds that an error says to wait down to zero. */
function useCountdown(error: unknown): number {
  const [left, setLeft] = useState(0)
  useEffect(() => {
    setLeft(retryAfterOf(error) ?? 0)
    const timer = setInterval(() => setLeft((seconds) => Math.max(0, seconds - 1)), 1000)
    return () => clearInterval(timer)
  }, [error])
  return left
}
