import { Link } from '@tanstack/react-router'
import { departmentName, useCategories } from '../categories.ts'

export function Footer() {
  const { data: categories = [] } = useCategories()
  return (
    <footer className="footer">
      <div className="footer__inner">
        {categories.length > 0 && (
          <nav aria-label="All departments">
            <ul className="footer__links">
              {categories.map(({ name }) => (
                <li key={name}>
                  <Link to="/shop" search={{ category: name }}>
                    {departmentName(name)}
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
        )}
        <p className="small">A demonstration: nothing here is for sale, and no card is ever charged.</p>
      </div>
    </footer>
  )
}
