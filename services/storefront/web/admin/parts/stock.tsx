import type { Product } from '@portico/contracts'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { announce } from '../../shared/ui/announcer.tsx'
import { Failure } from '../../shared/ui/failure.tsx'
import { formatNumber, formatTime } from '../../shared/ui/format.ts'
import { TextField } from '../../shared/ui/text-field.tsx'
import { useForm } from '../../shared/ui/use-form.ts'
import { changeStock, listMovements } from '../api/products.ts'
import { Paged, usePages } from './paged.tsx'
import { Table } from './table.tsx'

/** What is there of a product, what moved it, and how it is corrected. */
export function Stock({ product: { id, available } }: { readonly product: Product }) {
  const client = useQueryClient()
  const { errors, failure, busy, onSubmit } = useForm(async ({ delta = '', reason = '' }, form) => {
    const changed = await changeStock(id, Number(delta), reason)
    form.reset()
    announce(`${formatNumber(changed.available)} are available.`)
    void client.invalidateQueries({ queryKey: ['mine', 'product', id] })
  })
  return (
    <section className="part card stack" aria-labelledby="stock">
      <h2 id="stock">Stock: {formatNumber(available)} available</h2>
      <form className="stack" onSubmit={onSubmit} noValidate>
        {failure !== undefined && <Failure what="The stock was not changed." error={failure} />}
        <div className="fields">
          <TextField
            label="Change by"
            name="delta"
            type="number"
            step={1}
            required
            hint="Above zero adds, below zero takes away"
            error={errors.delta}
          />
          <TextField label="Reason" name="reason" required maxLength={500} error={errors.reason} />
        </div>
        <div>
          <button type="submit" className="button button--quiet" aria-disabled={busy}>
            Change the stock
          </button>
        </div>
      </form>
      <h3>What moved it</h3>
      <Movements productId={id} />
    </section>
  )
}

function Movements({ productId }: { readonly productId: string }) {
  const pages = usePages(['product', productId, 'movements'], (cursor, signal) =>
    listMovements(productId, cursor, signal),
  )
  return (
    <Paged pages={pages} failure="The ledger could not be loaded.">
      {(movements) => (
        <Table
          caption="Movements of the stock, the latest first"
          rows={movements}
          keyOf={({ id }) => String(id)}
          empty="Nothing yet."
          columns={[
            { name: 'When', cell: ({ at }) => formatTime(at) },
            { name: 'By', number: true, cell: ({ delta }) => (delta > 0 ? `+${delta}` : delta) },
            {
              name: 'Why',
              long: true,
              cell: ({ reason, orderId }) =>
                orderId ? (
                  <>
                    {reason}:{' '}
                    <Link to="/admin/orders/$orderId" params={{ orderId }} className="id">
                      {orderId.slice(0, 8)}
                    </Link>
                  </>
                ) : (
                  reason
                ),
            },
          ]}
        />
      )}
    </Paged>
  )
}
