import type { EventOf, EventType } from '@portico/contracts'
import { newId } from '../ids.ts'

/** A new event, ready for an outbox. */
export function newEvent<Type extends EventType>(
  source: string,
  type: Type,
  data: EventOf<Type>['data'],
  cause: { readonly requestId?: string | undefined } = {},
): EventOf<Type> {
  return {
    specversion: '1.0',
    id: newId(),
    source: `/${source}`,
    type,
    subject: data.orderId,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    ...(cause.requestId && { requestid: cause.requestId }),
    data,
  } as unknown as EventOf<Type>
}
