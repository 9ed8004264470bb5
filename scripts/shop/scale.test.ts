import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { temporaryHome } from '../supervisor/stand-in.ts'
import { parseScale, readScale, replicaNames, writeScale } from './scale.ts'

describe('how many of a service are asked for', () => {
  it('is understood in one word or several', () => {
    expect(parseScale(['order=3,product=2', 'user=1'])).toEqual({ order: 3, product: 2, user: 1 })
    expect(parseScale([''])).toEqual({})
  })

  it('is refused for what is no service, or not to be multiplied, and for numbers out of reach', () => {
    expect(() => parseScale(['orders=2'])).toThrow('There is no service orders that can be scaled; did you mean order?')
    expect(() => parseScale(['provider=2'])).toThrow(/there are user, product, order, payment, storefront/)
    for (const pair of ['order', 'order=', 'order=0', 'order=17', 'order=two', 'order=1.5'])
      expect(() => parseScale([pair])).toThrow(/From 1 to 16/)
  })

  it('names the processes besides the first', () => {
    expect([...replicaNames({ order: 3, product: 1 })]).toEqual([
      ['order-2', 'order'],
      ['order-3', 'order'],
    ])
  })

  it('is kept in the home, and nothing where what is kept makes no sense', async () => {
    const { home, remove } = await temporaryHome()
    expect(readScale(home)).toEqual({})
    writeScale(home, { order: 2 })
    expect(readScale(home)).toEqual({ order: 2 })
    writeFileSync(home.scaleFile, '{"order": 99}')
    expect(readScale(home)).toEqual({})
    remove()
  })
})
