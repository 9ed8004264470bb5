import type { Category } from '@portico/contracts'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { listProducts } from '../../shared/api/catalogue.ts'
import { Failure } from '../../shared/ui/failure.tsx'
import { formatMoney, formatNumber } from '../../shared/ui/format.ts'
import { useTitle } from '../../shared/ui/use-title.ts'
import { departmentLine, departmentName, useCategories } from '../categories.ts'
import { ProductCard, ProductCardsPending } from '../parts/product-card.tsx'
import { ProductPicture } from '../parts/product-picture.tsx'

export function Home() {
  useTitle('Portico')
  const { data: categories } = useCategories()
  const count = categories?.reduce((total, { products }) => total + products, 0)
  return (
    <>
      <section className="hero">
        <div className="hero__inner">
          <div className="hero__text">
            <h1 tabIndex={-1} className="hero__title">
              Things that stay.
            </h1>
            <p className="hero__line">
              {count ? `${formatNumber(count)} well-made objects` : 'Well-made objects'} for the kitchen, the desk and
              the long way home, all of them meant to be kept.
            </p>
            <Link to="/shop" className="button hero__button">
              Walk in
            </Link>
          </div>
          <Colonnade />
        </div>
      </section>
      <Departments />
      <NewIn />
    </>
  )
}

function Departments() {
  const { data: categories, error, refetch } = useCategories()
  return (
    <section className="page" aria-labelledby="departments">
      <h2 id="departments">Room by room</h2>
      {categories ? (
        <ul className="departments">
          {categories.map((category) => (
            <Department key={category.name} category={category} />
          ))}
        </ul>
      ) : error ? (
        <Failure what="The departments could not be loaded." error={error} retry={() => void refetch()} />
      ) : (
        <DepartmentsPending />
      )}
    </section>
  )
}

function Department({ category: { name, products, lowestPrices, imageUrl } }: { readonly category: Category }) {
  const things = products === 1 ? 'One thing' : `${formatNumber(products)} things`
  const from = lowestPrices.map(formatMoney).join(' or ')
  return (
    <li className="department">
      <div className="department__picture">
        <ProductPicture imageUrl={imageUrl} />
      </div>
      <div>
        <Link to="/shop" search={{ category: name }} className="department__link">
          {departmentName(name)}
        </Link>
        <p className="small soft">{departmentLine(name)}</p>
        <p className="small soft">
          {things} from {from}
        </p>
      </div>
    </li>
  )
}

const rooms = Array.from({ length: 8 }, (_, at) => at)

/** Stands where departments will be. */
function DepartmentsPending() {
  return (
    <div className="departments" aria-hidden="true">
      {rooms.map((room) => (
        <div className="department" key={room}>
          <span className="skeleton department__picture" />
          <span className="skeleton" />
        </div>
      ))}
    </div>
  )
}

/** Drawn for the front itself, whose walls have their colours. */
const inTheWindow = ['TRA-001', 'KIT-005', 'DES-003', 'MUS-001', 'GAM-001']

/** The shop's front: a row of arches with a thing in each. */
function Colonnade() {
  return (
    <div className="colonnade" aria-hidden="true">
      {inTheWindow.map((sku) => (
        <div className="colonnade__arch" key={sku}>
          <img src={`/pictures/${sku}.svg`} alt="" width={400} height={480} />
        </div>
      ))}
    </div>
  )
}

function NewIn() {
  const query = { sort: '-updatedAt', limit: 8 } as const
  const { data, error, refetch } = useQuery({
    queryKey: ['products', query],
    queryFn: ({ signal }) => listProducts(query, signal),
  })
  return (
    <section className="page" aria-labelledby="new-in">
      <h2 id="new-in">New in</h2>
      {data ? (
        <ul className="product-grid new-in">
          {data.items.map((product) => (
            <li key={product.id}>
              <ProductCard product={product} />
            </li>
          ))}
        </ul>
      ) : error ? (
        <Failure what="What is new could not be loaded." error={error} retry={() => void refetch()} />
      ) : (
        <ProductCardsPending />
      )}
    </section>
  )
}
