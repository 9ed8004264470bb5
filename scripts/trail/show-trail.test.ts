import { expect, it } from 'vitest'
import { showEntry } from './show-trail.ts'

const entry = {
  ...{ time: '2026-01-01T00:00:01.000Z', service: 'order', level: 'warn', message: 'event handled' },
  ...{ requestId: 'r-1', orderId: 'o-1', outcome: 'applied', effect: 'order is paid', event: 'payment_captured' },
}

it('shows an entry in columns, the important fields first, without the id that was asked for', () => {
  expect(showEntry(entry, 'o-1', false)).toBe(
    '2026-01-01T00:00:01.000Z order      warn  event handled                ' +
      'event=payment_captured outcome=applied effect="order is paid" requestId=r-1',
  )
})

it('has colors only where they are wanted', () => {
  expect(showEntry(entry, 'o-1', true)).toContain('\u001b[')
  expect(showEntry(entry, 'o-1', false)).not.toContain('\u001b[')
})

it('shows of an error its message, and no character that controls a terminal', () => {
  const err = { type: 'Error', message: 'bad \u001b[31m\u009bthing', stack: 'at x' }
  const shown = showEntry({ ...entry, message: 'a\u001b[2Jb', err }, 'o-1', false)
  expect(shown).not.toMatch(/\p{Cc}/u)
  expect(shown).toContain('err="bad ')
  expect(shown).not.toContain('at x')
})
