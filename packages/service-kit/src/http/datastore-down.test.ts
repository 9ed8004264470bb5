import { expect, it } from 'vitest'
import { isDatastoreDown } from './datastore-down.ts'

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })

it.each([
  ['a refused connection', refused],
  [
    'what a refused connection caused',
    new Error('the query failed', { cause: new Error('once more', { cause: refused }) }),
  ],
  ['a MySQL that went', Object.assign(new Error('lost'), { code: 'PROTOCOL_CONNECTION_LOST' })],
  ['a PostgreSQL that shuts down', Object.assign(new Error('terminating'), { code: '57P01' })],
  ['a PostgreSQL that went', new Error('Connection terminated unexpectedly')],
  ['a connection that was given up', Object.assign(new Error('write after'), { code: 'ERR_STREAM_DESTROYED' })],
  ['a client that was closed', new Error('Client was closed and is not queryable')],
  ['a Redis that reads its file', new Error('LOADING Redis is loading the dataset in memory')],
])('knows %s as a datastore that is down', (_, error) => {
  expect(isDatastoreDown(error)).toBe(true)
})

it.each([
  ['a broken rule', Object.assign(new Error('Duplicate entry'), { code: 'ER_DUP_ENTRY' })],
  ['a fault of ours', new TypeError('x is not a function')],
  ['what is no error', 'ECONNREFUSED'],
])('does not take %s for one', (_, error) => {
  expect(isDatastoreDown(error)).toBe(false)
})

it('ends with errors that cause each other', () => {
  const one = new Error('one')
  one.cause = new Error('other', { cause: one })
  expect(isDatastoreDown(one)).toBe(false)
})
