import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { listProducts } from '../../shared/api/catalogue.ts'
import { Failure } from '../../shared/ui/failure.tsx'
import { useTitle } from '../../shared/ui/use-title.ts'
import { departments } from '../categories.ts'
import { ProductCard, ProductCardsPending } from '../parts/product-card.tsx'

export function Home() {
  useTitle('Portico')
  return (
    <>
      <section className="hero">
        <div className="hero__inner">
          <div className="hero__text">
            <h1 tabIndex={-1} className="hero__title">
              Things that stay.
            </h1>
            <p className="hero__line">
              Sixty-four well-made objects for the kitchen, the desk and the long way home. Few of each kind, all of
              them meant to be kept.
            </p>
            <Link to="/shop" className="button hero__button">
              Walk in
            </Link>
          </div>
          <Colonnade />
        </div>
      </section>
      <section className="page" aria-labelledby="departments">
        <h2 id="departments">Eight rooms</h2>
        <ul className="departments">
          {departments.map(({ id, name, line, sku }) => (
            <li key={id} className="department">
              <img
                className="department__picture"
                src={`/pictures/${sku}.svg`}
                alt=""
                width={400}
                height={480}
                loading="lazy"
              />
              <div>
                <Link to="/shop" search={{ category: id }} className="department__link">
                  {name}
                </Link>
                <p className="small soft">{line}</p>
              </div>
            </li>
          ))}
        </ul>
      </section>
      <NewIn />
    </>
  )
}

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
        <ul className="product-grid">
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
