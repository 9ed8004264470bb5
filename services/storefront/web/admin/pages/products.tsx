import { getRouteApi, Link } from '@tanstack/react-router'
import { listProducts } from '../../shared/api/catalogue.ts'
import { formatMoney, formatNumber, formatTime } from '../../shared/ui/format.ts'
import { Paged, usePages } from '../parts/paged.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { Table } from '../parts/table.tsx'
import { useTitle } from '../parts/use-title.ts'

const route = getRouteApi('/admin/products')

export function Products() {
  useTitle('Products')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const pages = usePages(['products', search], (cursor, signal) => listProducts({ ...search, cursor }, signal))
  return (
    <div className="stack">
      <div className="row row--apart">
        <h1 tabIndex={-1}>Products</h1>
        <Link to="/admin/products/new" className="button">
          Add a product
        </Link>
      </div>
      <SearchField
        label="Find a product"
        hint="A word of its name or description, or a piece of its SKU"
        value={search.q ?? ''}
        onSearch={(q) => void navigate({ search: q ? { q } : {} })}
      />
      <Paged pages={pages} failure="The products could not be loaded.">
        {(products) => (
          <Table
            caption="Products, by name"
            rows={products}
            keyOf={({ id }) => id}
            empty="There is no such product."
            columns={[
              {
                name: 'Name',
                cell: ({ id, name }) => (
                  <Link to="/admin/products/$productId" params={{ productId: id }}>
                    {name}
                  </Link>
                ),
              },
              { name: 'SKU', cell: ({ sku }) => <code>{sku}</code> },
              { name: 'Category', cell: ({ category }) => category },
              { name: 'Price', number: true, cell: ({ price }) => formatMoney(price) },
              { name: 'Available', number: true, cell: ({ available }) => formatNumber(available) },
              { name: 'Changed', cell: ({ updatedAt }) => formatTime(updatedAt) },
            ]}
          />
        )}
      </Paged>
    </div>
  )
}
