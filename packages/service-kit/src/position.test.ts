import { expect, it } from 'vitest'
import { encodeCursor } from './cursor.ts'
import { cursorAt, positionOf } from './position.ts'

const id = '01a222b9-15af-75bc-8079-90b416bfc3cc'

it('reads back the place that a cursor was made for', () => {
  const place = { createdAt: new Date('2026-11-28T15:13:24.874Z'), id }
  expect(positionOf(cursorAt(place))).toEqual(place)
})

it.each([
  ['a date that no datastore has', [8.64e15, id]],
  ['a date before all others', [-1, id]],
  ['a part of a millisecond', [0.5, id]],
  ['no id', [0, '\0']],
  ['too little', [0]],
])('refuses a made-up cursor with %s', (_, values) => {
  expect(() => positionOf(encodeCursor(values))).toThrow(expect.objectContaining({ code: 'invalid_request' }))
})
