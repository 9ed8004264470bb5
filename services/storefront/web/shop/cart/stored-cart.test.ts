import { describe, expect, it } from 'vitest'
import { type CartLine, MAX_QUANTITY, parseCart, withMore, withQuantity } from './stored-cart.ts'

const line = (quantity = 1, last = '0'): CartLine => ({
  productId: `01900000-0000-7000-8000-00000000000${last}`,
  name: 'Lamp',
  quantity,
})

describe('a stored cart', () => {
  it('comes back as it was put away', () => {
    expect(parseCart(JSON.stringify([line(2), line(1, '1')]))).toEqual([line(2), line(1, '1')])
  })

  it.each([
    ['nothing', null],
    ['no JSON', '[{'],
    ['no list', '{"productId":"x"}'],
    ['lines that are none', JSON.stringify([null, 3, { productId: '../x', name: 'a', quantity: 1 }])],
    [
      'quantities that are none',
      JSON.stringify([
        { ...line(), quantity: 0 },
        { ...line(), quantity: 1.5 },
        { ...line(), quantity: 1001 },
      ]),
    ],
  ])('counts as empty when there is %s', (_, stored) => {
    expect(parseCart(stored)).toEqual([])
  })

  it('keeps the lines that are right, each product once', () => {
    expect(parseCart(JSON.stringify([line(2), 'nonsense', line(5)]))).toEqual([line(2)])
  })
})

describe('a cart', () => {
  it('adds up what is put in twice, to a limit', () => {
    expect(withMore(withMore([], line(2)), line(3))).toEqual([line(5)])
    expect(withMore([line(999)], line(5))).toEqual([line(MAX_QUANTITY)])
  })

  it('loses a line of which none is left', () => {
    expect(withQuantity([line(2), line(1, '1')], line().productId, 0)).toEqual([line(1, '1')])
  })
})
