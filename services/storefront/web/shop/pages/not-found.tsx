import { Link } from '@tanstack/react-router'
import { useTitle } from '../../shared/ui/use-title.ts'

export function NotFound() {
  useTitle('Nothing here')
  return (
    <div className="page empty">
      <div className="empty__arch" aria-hidden="true" />
      <h1 tabIndex={-1}>There is nothing behind this door</h1>
      <p className="soft">The address may be old, or mistyped.</p>
      <Link to="/shop" className="button">
        See the whole shop
      </Link>
    </div>
  )
}
