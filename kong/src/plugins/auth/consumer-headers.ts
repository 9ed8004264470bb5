import type { Consumer } from '../../config/entities.ts'
import type { Credential, Exchange } from '../../exchange.ts'
import type { HeaderList } from '../../headers.ts'
import { toWire } from '../http/wire-text.ts'

/**
 * Makes the request that of a consumer, and tells the upstream: what the client itself sent under these names is
 * overwritten or removed. Without a credential the consumer is the anonymous one. Kong 3.9, plugins' `set_consumer`.
 */
export function setConsumer(
  exchange: Exchange,
  consumer: Consumer | undefined,
  credential: Credential | undefined,
): void {
  exchange.consumer = consumer
  exchange.credential = credential
  const { headers } = exchange.upstream
  setOrRemove(headers, 'X-Consumer-ID', consumer?.id)
  setOrRemove(headers, 'X-Consumer-Custom-ID', consumer?.custom_id)
  setOrRemove(headers, 'X-Consumer-Username', consumer?.username)
  setOrRemove(headers, 'X-Credential-Identifier', credential?.identifier)
  setOrRemove(headers, 'X-Anonymous-Consumer', credential ? undefined : 'true')
}

function setOrRemove(headers: HeaderList, name: string, value: string | null | undefined): void {
  if (value) headers.set(name, toWire(value))
  else headers.remove(name)
}
