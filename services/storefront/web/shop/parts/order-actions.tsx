import type { Order } from '@portico/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { cancelOrder, payAgain } from '../../shared/api/orders.ts'
import { mayPass } from '../../shared/api/problem.ts'
import { ConfirmDialog } from '../../shared/ui/confirm-dialog.tsx'
import { Failure } from '../../shared/ui/failure.tsx'
import { Notice } from '../../shared/ui/notice.tsx'
import { attemptKey } from '../checkout/attempt-key.ts'
import { CardChoice } from './card-choice.tsx'

interface CancellingProps {
  readonly order: Order
  readonly cancelling: boolean
  readonly onCancelling: () => void
}

/** The way back out of an order, as long as there is one. */
export function Cancelling({ order, cancelling, onCancelling }: CancellingProps) {
  const { status } = order
  if (status === 'cancelled' || status === 'refunded') return null
  return (
    <>
      {cancelling && status === 'paid' ? (
        <Notice title="The order is being cancelled.">
          <p>The money and the goods go back; that takes a few seconds.</p>
        </Notice>
      ) : (
        <Cancel order={order} onCancelling={onCancelling} />
      )}
    </>
  )
}

/** Of an attempt to pay an order again. */
const paymentKey = (orderId: string) => attemptKey(`payment.${orderId}`)

/** Another card, where the last one did not pay. */
export function Paying({ order: { id, status } }: { readonly order: Order }) {
  useEffect(() => {
    // An attempt whose answer got lost has come to its end: the next one is another.
    if (status !== 'payment_failed') paymentKey(id).done()
  }, [id, status])
  return status === 'payment_failed' ? <PayAgain orderId={id} /> : null
}

function PayAgain({ orderId }: { readonly orderId: string }) {
  const client = useQueryClient()
  const [card, setCard] = useState('tok_ok')
  const attempt = paymentKey(orderId)
  const pay = useMutation({
    mutationFn: () => payAgain(orderId, card, attempt.for({ card })),
    onSuccess: (order) => {
      attempt.done()
      client.setQueryData(['mine', 'order', orderId], order)
      void client.invalidateQueries({ queryKey: ['mine'] })
    },
  })
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (!pay.isPending) pay.mutate()
      }}
    >
      <CardChoice value={card} onChange={setCard} />
      {pay.error && (
        <Failure
          what={
            mayPass(pay.error)
              ? "We don't know yet whether the payment was started. Trying again is safe: you will not be charged twice."
              : 'The payment could not be started.'
          }
          error={pay.error}
        />
      )}
      <button type="submit" className="button" aria-disabled={pay.isPending}>
        {pay.isPending ? 'Starting the payment …' : 'Pay again'}
      </button>
    </form>
  )
}

function Cancel({ order, onCancelling }: { readonly order: Order; readonly onCancelling: () => void }) {
  const client = useQueryClient()
  const cancel = useMutation({
    mutationFn: () => cancelOrder(order.id),
    onSuccess: (next) => {
      onCancelling()
      client.setQueryData(['mine', 'order', order.id], next)
      void client.invalidateQueries({ queryKey: ['mine', 'orders'] })
    },
  })
  return (
    <>
      {cancel.error && <Failure what="The order could not be cancelled." error={cancel.error} />}
      <div>
        <ConfirmDialog
          action="Cancel this order"
          title="Cancel this order?"
          confirm="Cancel the order"
          keep="Keep it"
          busy={cancel.isPending}
          onConfirm={() => cancel.mutate()}
        >
          <p>{order.status === 'paid' ? 'All you paid comes back to you.' : 'Nothing will be charged.'}</p>
        </ConfirmDialog>
      </div>
    </>
  )
}
