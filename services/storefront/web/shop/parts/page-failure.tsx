import type { ErrorComponentProps } from '@tanstack/react-router'
import { Failure } from '../../shared/ui/failure.tsx'

/** Where a page itself could not be loaded or drawn; the rest of the shop stays. */
export function PageFailure({ error }: ErrorComponentProps) {
  return (
    <div className="page">
      <h1 tabIndex={-1}>This page did not open</h1>
      <Failure what="A part of the shop could not be loaded." error={error} retry={() => location.reload()} />
    </div>
  )
}
