import { expect, it } from 'vitest'
import { z } from 'zod'
import { page, queryInteger } from './primitives.ts'

const price = queryInteger(0, 1000)

it.each(['0', '7', '007', 7])('reads %j in a query as an integer', (given) => {
  expect(price.parse(given)).toBe(Number(given))
})

it.each(['', ' ', '0x10', '1e2', '1.5', '+1', '-1', '1001', 'x', ['1', '2'], '9'.repeat(400)])(
  'takes %j in a query for no price',
  (given) => {
    expect(price.safeParse(given).success).toBe(false)
  },
)

it('has twenty items in a page where the query says nothing', () => {
  expect(z.object(page).parse({})).toEqual({ limit: 20 })
})
