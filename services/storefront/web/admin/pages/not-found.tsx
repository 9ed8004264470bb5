import { Link } from '@tanstack/react-router'
import { useTitle } from '../parts/use-title.ts'

export function NotFound() {
  useTitle('Not found')
  return (
    <div className="stack">
      <h1 tabIndex={-1}>There is no such page</h1>
      <p>
        <Link to="/admin">To the dashboard</Link>
      </p>
    </div>
  )
}
