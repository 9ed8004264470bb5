import { describe, expect, it } from 'vitest'
import { acl } from './acl.ts'
import { configOf } from './testing/defaults.ts'
import { testConfiguration, testExchange } from './testing/exchange.ts'

const alice = { id: 'a11ce000-0000-4000-8000-000000000001', username: 'alice', custom_id: null }
const carol = { id: 'ca201000-0000-4000-8000-000000000001', username: 'carol', custom_id: null }
const configuration = testConfiguration({
  consumers: [alice, carol],
  acls: [
    { id: '2', consumer: { id: alice.id }, group: 'admins' },
    { id: '1', consumer: { id: alice.id }, group: 'staff' },
  ],
})

function send(given: object, consumer?: { id: string }, anonymous = false) {
  const exchange = testExchange({ configuration })
  exchange.consumer = consumer && configuration.table('consumers').get(consumer.id)
  exchange.credential = consumer && !anonymous ? { id: 'credential' } : undefined
  const exit = acl.access(exchange, configOf(acl, given))
  return {
    status: exit?.kind === 'error' ? exit.status : 200,
    groups: exchange.upstream.headers.get('X-Consumer-Groups'),
  }
}

describe('acl', () => {
  it('lets through who is in an allowed group, and names the groups in the order of their ids', () => {
    expect(send({ allow: ['admins'] }, alice)).toEqual({ status: 200, groups: 'staff, admins' })
    expect(send({ allow: ['admins'], hide_groups_header: true }, alice)).toEqual({ status: 200, groups: undefined })
  })

  it.each([
    [{ allow: ['x'] }, alice, false, 403],
    [{ allow: ['Admins'] }, alice, false, 403],
    [{ deny: ['x', 'staff'] }, alice, false, 403],
    [{ allow: ['x'] }, carol, false, 403],
    [{ allow: ['x'] }, carol, true, 401],
    [{ deny: ['x'] }, carol, false, 200],
    [{ deny: ['x'] }, undefined, false, 401],
  ])('given %j answers %j', (given, consumer, anonymous, status) => {
    expect(send(given, consumer, anonymous).status).toBe(status)
  })
})
