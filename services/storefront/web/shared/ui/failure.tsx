import { useEffect, useState } from 'react'
import { ApiError, retryAfterOf } from '../api/problem.ts'
import { Notice } from './notice.tsx'

interface FailureProps {
  /** What could not be done, as a sentence: "The catalogue could not be loaded." */
  readonly what: string
  readonly error: unknown
  readonly retry?: () => void
}

/** Says honestly that a part of the page failed, and offers to try again once that may help. */
export function Failure({ what, error, retry }: FailureProps) {
  const seconds = useCountdown(retryAfterOf(error))
  const requestId = error instanceof ApiError ? error.requestId : undefined
  return (
    <Notice tone="bad" title={what}>
      <p>{error instanceof Error ? error.message : 'Something went wrong.'}</p>
      {requestId && <p className="small">For questions: request {requestId}</p>}
      {retry && (
        <button type="button" className="button button--quiet button--small" disabled={seconds > 0} onClick={retry}>
          {seconds > 0 ? `Try again in ${seconds} s` : 'Try again'}
        </button>
      )}
    </Notice>
  )
}

/** Counts whole seconds down to zero, from anew when what it starts from changes. */
function useCountdown(from = 0): number {
  const [left, setLeft] = useState(from)
  useEffect(() => {
    setLeft(from)
    const timer = setInterval(() => setLeft((seconds) => Math.max(0, seconds - 1)), 1000)
    return () => clearInterval(timer)
  }, [from])
  return left
}
