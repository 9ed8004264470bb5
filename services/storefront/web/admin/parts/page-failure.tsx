import type { ErrorComponentProps } from '@tanstack/react-router'
import { Failure } from '../../shared/ui/failure.tsx'

/** Where a page itself could not be loaded or drawn; the rest of the panel stays. */
export function PageFailure({ error }: ErrorComponentProps) {
  return (
    <div className="stack">
      <h1 tabIndex={-1}>This page did not open</h1>
      <Failure what="A part of the panel could not be loaded." error={error} retry={() => location.reload()} />
    </div>
  )
}
