import { Link } from '@tanstack/react-router'
import { departments } from '../categories.ts'

export function Footer() {
  return (
    <footer className="footer">
      <div className="footer__inner">
        <nav aria-label="All departments">
          <ul className="footer__links">
            {departments.map(({ id, name }) => (
              <li key={id}>
                <Link to="/shop" search={{ category: id }}>
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <p className="small">A demonstration: nothing here is for sale, and no card is ever charged.</p>
      </div>
    </footer>
  )
}
