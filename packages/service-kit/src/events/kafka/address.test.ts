import { expect, it } from 'vitest'
import { brokersOf, optionsOf } from './address.ts'

const brokers = (url: string) => brokersOf(new URL(url))
const options = (url: string) => optionsOf(new URL(url))

it('knows the broker of the address and those named beside it', () => {
  expect(brokers('kafka://one:19092?brokers=two:29092,three')).toEqual([
    { host: 'one', port: 19092 },
    { host: 'two', port: 29092 },
    { host: 'three', port: 9092 },
  ])
  expect(brokers('kafka://one')).toEqual([{ host: 'one', port: 9092 }])
})

it('takes addresses of IPv6', () => {
  expect(brokers('kafka://[::1]:19092?brokers=[fe80::2]:9093')).toEqual([
    { host: '::1', port: 19092 },
    { host: 'fe80::2', port: 9093 },
  ])
})

it('logs in where a user is named, plainly or as the address says', () => {
  expect(options('kafka://ada:p%40ss@one').sasl).toEqual({ mechanism: 'PLAIN', username: 'ada', password: 'p@ss' })
  expect(options('kafka://ada:x@one?mechanism=SCRAM-SHA-512').sasl).toMatchObject({ mechanism: 'SCRAM-SHA-512' })
  expect(options('kafka://one').sasl).toBeUndefined()
})

it('speaks TLS, and knows the broker by its name, for kafkas: alone', () => {
  expect(options('kafkas://one')).toMatchObject({ tls: {}, tlsServerName: true })
  expect(options('kafka://one').tls).toBeUndefined()
})
