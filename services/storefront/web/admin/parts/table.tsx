import type { ReactNode } from 'react'
import { ScrollRegion } from '../../shared/ui/scroll-region.tsx'

export interface Column<Row> {
  readonly name: string
  readonly cell: (row: Row) => ReactNode
  /** Aligned to the right, with digits of one width. */
  readonly number?: boolean
  /** Long enough to be broken into lines. */
  readonly long?: boolean
}

interface TableProps<Row> {
  /** What is listed; read out, not shown. */
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  /** Said where there is no row. */
  readonly empty: string
}

/** A table that scrolls sideways by itself where the page is narrow; the first cell of a row is its heading. */
export function Table<Row>({ caption, columns, rows, keyOf, empty }: TableProps<Row>) {
  if (rows.length === 0) return <p className="soft">{empty}</p>
  return (
    <ScrollRegion className="table" label={caption}>
      <table>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ name, number }) => (
              <th key={name} scope="col" className={number ? 'table__number' : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ name, cell, number, long }, index) =>
                index === 0 ? (
                  <th key={name} scope="row" className={classOf({ long })}>
                    {cell(row)}
                  </th>
                ) : (
                  <td key={name} className={classOf({ number, long })}>
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

const classOf = ({ number, long }: { readonly number?: boolean | undefined; readonly long?: boolean | undefined }) =>
  number ? 'table__number' : long ? 'table__long' : undefined
