import { Metadata } from '@grpc/grpc-js'
import { expect, it } from 'vitest'
import { networkOf, peerOf } from './peer.ts'

const peer = (headers: Record<string, string>, connection = '10.0.0.9:50000') => {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
  return peerOf(metadata, connection)
}

it('takes the address that the gateway states before that of the connection', () => {
  expect(peer({ 'x-real-ip': '203.0.113.7', 'x-forwarded-for': '198.51.100.1, 203.0.113.8' })).toBe('203.0.113.7')
  expect(peer({})).toBe('10.0.0.9')
})

it('ignores entries of X-Forwarded-For that the client wrote itself', () => {
  expect(peer({ 'x-forwarded-for': '198.51.100.1, 198.51.100.2, 203.0.113.8' })).toBe('203.0.113.8')
})

it('falls back to the connection when the stated address is not one', () => {
  expect(peer({ 'x-real-ip': 'anybody', 'x-forwarded-for': '203.0.113.8, _hidden' })).toBe('10.0.0.9')
})

it.each([
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::ffff', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['203.0.113.7', '203.0.113.7'],
])('counts %s as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

it('counts an IPv6 connection without its port', () => {
  expect(peer({}, '2001:db8:1:2:3:4:5:6:50000')).toBe('2001:db8:1:2::/64')
  expect(peer({}, '::ffff:10.0.0.9:50000')).toBe('10.0.0.9')
})
