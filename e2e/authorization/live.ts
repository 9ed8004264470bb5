import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { LIVE_ORDERS_PATH } from '@portico/contracts'

/** Asks for the WebSocket of live orders with a token in place of the ticket. @returns the status: 101 when it opens */
export async function openLive(url: string, token: string): Promise<number> {
  const headers = {
    ...{ connection: 'upgrade', upgrade: 'websocket' },
    ...{ 'sec-websocket-version': '13', 'sec-websocket-key': Buffer.alloc(16).toString('base64') },
  }
  const asked = request(`${url}${LIVE_ORDERS_PATH}?ticket=${token}`, { headers, agent: false }).end()
  const [{ statusCode, socket }] = (await Promise.race([once(asked, 'response'), once(asked, 'upgrade')])) as [
    IncomingMessage,
  ]
  socket.destroy()
  return statusCode ?? 0
}
