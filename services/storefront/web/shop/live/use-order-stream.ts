import type { Order } from '@portico/contracts'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { type LiveState, orderStream } from './order-stream.ts'

/** Keeps what is shown of orders up to date while the component stands, and says whether that happens live. */
export function useOrderStream(): LiveState {
  const client = useQueryClient()
  useEffect(
    () =>
      orderStream.listen(({ orderId, status }) => {
        client.setQueryData<Order>(['mine', 'order', orderId], (order) => order && { ...order, status })
        // What else has changed with the status (money, payments) is asked for.
        void client.invalidateQueries({ queryKey: ['mine', 'order', orderId] })
        void client.invalidateQueries({ queryKey: ['mine', 'orders'] })
      }),
    [client],
  )
  // Whatever happened while it was not connected.
  const state = useSyncExternalStore(orderStream.watchState, orderStream.state)
  useEffect(() => {
    if (state === 'live') void client.invalidateQueries({ queryKey: ['mine'] })
  }, [client, state])
  return state
}
