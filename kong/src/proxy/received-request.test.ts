import { expect, it } from 'vitest'
import { HeaderList } from '../headers.ts'
import { type ConnectionFacts, ReceivedRequest } from './received-request.ts'

const connection: ConnectionFacts = {
  scheme: 'http',
  ...{ sni: undefined, peerAddress: '10.0.0.1', peerPort: 1, localAddress: '10.0.0.2' },
  ...{ localPort: 8000, shownPort: 80, connectionId: 1, connectionRequests: 1, headSize: 0 },
}
const trusting = { isTrusted: () => true, realIpHeader: 'x-real-ip', realIpRecursive: false }

it('what was asked for is told apart from what a trusted peer says that it was asked for', () => {
  const headers = new HeaderList(['Host', 'Here.Test:8000', 'X-Forwarded-Host', 'there.test', 'X-Forwarded-Port', '9'])
  const head = { method: 'GET', target: '/', headers }
  const request = new ReceivedRequest(head, undefined, connection, trusting)
  expect([request.host, request.port]).toEqual(['here.test', 80])
  expect(request.forwarded).toEqual({ proto: 'http', host: 'there.test', port: 9 })
})
