import { expect, it } from 'vitest'
import { decimalOf } from './catalogue-v2.ts'

it('writes a price with the digits of its currency', () => {
  const written = (amount: number, currency: string) => decimalOf({ amount, currency })
  expect(written(1999, 'EUR')).toBe('19.99')
  expect(written(5, 'EUR')).toBe('0.05')
  expect(written(0, 'EUR')).toBe('0.00')
  expect(written(1999, 'JPY')).toBe('1999')
  expect(written(1999, 'KWD')).toBe('1.999')
  expect(written(1_000_000_000_000, 'USD')).toBe('10000000000.00')
})
