import { expect, it } from 'vitest'
import { networkOf, shortenedAddress } from './client-address.ts'

it.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::ffff:cb00:7107', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'unknown'],
  ['203.0.113.7, 198.51.100.1', 'unknown'],
  ['nonsense', 'unknown'],
  [undefined, 'unknown'],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

it('shortens addresses for logs', () => {
  const addresses = ['203.0.113.7', '2001:db8:1:2:3:4:5:6', 'nonsense', undefined]
  expect(addresses.map(shortenedAddress)).toEqual(['203.0.113.0/24', '2001:db8:1::/48', 'unknown', 'unknown'])
})
