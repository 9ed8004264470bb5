import { expect, it } from 'vitest'
import { Transaction } from './sql.ts'

const operations = (...statements: string[]) => {
  const transaction = new Transaction()
  return statements.map((statement) => transaction.operationOf(statement))
}

it('names a commit by what its transaction wrote first', () => {
  const placing = operations('begin', 'insert into `orders` (`id`) values (?)', 'insert into outbox (event)', 'commit')
  expect(placing.at(-1)).toBe('place.commit')
  const hearing = operations(
    'start transaction',
    'insert ignore into inbox (event_id)',
    'update `orders` set',
    'COMMIT',
  )
  expect(hearing.at(-1)).toBe('hear.commit')
  expect(operations('begin', 'update `orders` set `status` = ?', 'commit').at(-1)).toBe('change.commit')
  expect(operations('begin', 'insert into "attempt" ("key")', 'insert into "attempt_line"', 'commit').at(-1)).toBe(
    'hold.commit',
  )
})

it('finds a group of holds, which is one statement, and a group of events', () => {
  const holding = 'with fresh as (\n insert into attempt (key) select'
  expect(operations('begin', 'select pg_advisory_xact_lock', holding, 'commit').at(-1)).toBe('hold.commit')
  const selling = 'with sold as (\n update attempt set state'
  const hearing = operations('begin', 'insert into inbox (event_id) select unnest', selling, 'commit')
  expect(hearing.at(-1)).toBe('hear.commit')
})

it('knows the mark on what was published, outside of any transaction', () => {
  expect(operations('update outbox set published_at = ?')).toEqual(['outbox.mark'])
})

it('takes no notice of what is rolled back, only read, or written to another table', () => {
  expect(operations('begin', 'insert into `orders` (`id`)', 'rollback').at(-1)).toBeUndefined()
  expect(operations('begin', 'select * from orders', 'commit').at(-1)).toBeUndefined()
  expect(operations('begin', 'insert into `order_lines` (`order_id`)', 'commit').at(-1)).toBeUndefined()
  expect(operations('commit')).toEqual([undefined])
})
