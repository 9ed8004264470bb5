import type { AdminPayment } from '@portico/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { announce } from '../../shared/ui/announcer.tsx'
import { Failure } from '../../shared/ui/failure.tsx'
import { formatMoney, formatTime } from '../../shared/ui/format.ts'
import { settlePayment } from '../api/payments.ts'
import { RefundForm } from './refund-form.tsx'
import { PaymentBadge } from './status.tsx'

/** One attempt to pay, and what can be done about it. */
export function PaymentCard({ payment }: { readonly payment: AdminPayment }) {
  const [refunding, setRefunding] = useState(false)
  const { status, amount, refunded, returning } = payment
  const left = amount.amount - refunded.amount - returning.amount
  return (
    <article className="payment stack">
      <div className="row row--apart">
        <h3>
          Attempt {payment.attempt}: {formatMoney(amount)}
        </h3>
        <PaymentBadge status={status} />
      </div>
      <p className="small soft">
        {formatTime(payment.createdAt)} · <span className="id">{payment.id}</span>
      </p>
      {refunded.amount > 0 && <p>Gone back: {formatMoney(refunded)}</p>}
      {returning.amount > 0 && <p>On its way back: {formatMoney(returning)}</p>}
      {(status === 'pending' || returning.amount > 0) && <Settle payment={payment} />}
      {status === 'captured' && left > 0 && !refunding && (
        <div>
          <button type="button" className="button button--quiet" onClick={() => setRefunding(true)}>
            Refund …
          </button>
        </div>
      )}
      {refunding && left > 0 && (
        <RefundForm
          payment={payment}
          left={{ amount: left, currency: amount.currency }}
          onDone={() => setRefunding(false)}
        />
      )}
    </article>
  )
}

/** The provider has not answered clearly yet: it is asked by itself, or now. */
export function Settle({ payment }: { readonly payment: AdminPayment }) {
  const client = useQueryClient()
  const settle = useMutation({
    mutationFn: () => settlePayment(payment.id),
    onSuccess: ({ status }) => announce(`The payment is ${status}.`),
    onSettled: () => client.invalidateQueries({ queryKey: ['mine'] }),
  })
  return (
    <div className="stack">
      {settle.error && <Failure what="The provider could not be asked." error={settle.error} />}
      <div>
        <button
          type="button"
          className="button button--quiet button--small"
          aria-disabled={settle.isPending}
          onClick={() => !settle.isPending && settle.mutate()}
        >
          {settle.isPending ? 'Asking …' : 'Ask the provider now'}
        </button>
      </div>
    </div>
  )
}
