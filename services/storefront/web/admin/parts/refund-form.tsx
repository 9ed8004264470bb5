import type { AdminPayment, Money, Refund } from '@portico/contracts'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { ApiError } from '../../shared/api/problem.ts'
import { announce } from '../../shared/ui/announcer.tsx'
import { Failure } from '../../shared/ui/failure.tsx'
import { amountText, formatMoney, parseAmount } from '../../shared/ui/format.ts'
import { TextField } from '../../shared/ui/text-field.tsx'
import { type RefundOrder, refundPayment } from '../api/payments.ts'
import { ConfirmedSubmit } from './confirmed-submit.tsx'

interface RefundFormProps {
  readonly payment: AdminPayment
  /** What can still go back. */
  readonly left: Money
  readonly onDone: () => void
}

/** Gives a part of a payment back, or all that is left of it. Nothing is shown as done before the service says so. */
export function RefundForm({ payment, left, onDone }: RefundFormProps) {
  const [amount, setAmount] = useState(amountText(left))
  const [reason, setReason] = useState('')
  const [restock, setRestock] = useState(false)
  const client = useQueryClient()
  // One key for one wish: sent again after a lost answer it is not done twice, and a changed wish is another.
  const wish = useRef({ text: '', key: '' })
  const [failure, setFailure] = useState<unknown>()
  const [busy, setBusy] = useState(false)

  const { currency } = left
  const minor = parseAmount(amount, currency)
  const amountError =
    minor === undefined || minor === 0
      ? 'An amount such as 12.50'
      : minor > left.amount
        ? `At most ${formatMoney(left)} is left`
        : undefined
  const reasonError = reason.trim() === '' ? 'Please say why' : undefined
  const whole = minor === payment.amount.amount

  const send = async () => {
    if (minor === undefined || busy) return
    const order: RefundOrder = {
      amount: { amount: minor, currency },
      reason: reason.trim(),
      ...(whole && restock && { restock }),
    }
    const text = JSON.stringify(order)
    if (wish.current.text !== text) wish.current = { text, key: crypto.randomUUID() }
    setBusy(true)
    setFailure(undefined)
    try {
      tell(await refundPayment(payment.id, order, wish.current.key))
      onDone()
    } catch (error) {
      setFailure(error)
    } finally {
      setBusy(false)
      void client.invalidateQueries({ queryKey: ['mine'] })
    }
  }

  return (
    <div className="stack refund">
      {failure !== undefined && (
        <Failure
          what={
            failure instanceof ApiError
              ? 'It was not refunded.'
              : 'Nobody knows whether it was refunded: please try again.'
          }
          error={failure}
        />
      )}
      <ConfirmedSubmit
        action="Refund"
        title={`Give ${minor === undefined ? '' : formatMoney({ amount: minor, currency })} back?`}
        confirm="Give it back"
        keep="Not now"
        busy={busy}
        errors={{ amount: amountError, reason: reasonError }}
        onConfirm={() => void send()}
        beside={
          <button type="button" className="button button--quiet" onClick={onDone}>
            Close
          </button>
        }
        explanation={
          <p>
            It can't be taken back.{' '}
            {whole && restock ? 'The goods go back into the stock.' : 'The stock stays as it is.'}
          </p>
        }
      >
        {(shown) => (
          <>
            <TextField
              label={`Amount in ${currency}`}
              name="amount"
              inputMode="decimal"
              value={amount}
              hint={`Up to ${formatMoney(left)}`}
              onChange={(event) => setAmount(event.target.value)}
              error={shown.amount}
            />
            <TextField
              label="Reason"
              name="reason"
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              error={shown.reason}
            />
            {whole && (
              <label className="row">
                <input type="checkbox" checked={restock} onChange={(event) => setRestock(event.target.checked)} />
                Put the goods back into the stock
              </label>
            )}
          </>
        )}
      </ConfirmedSubmit>
    </div>
  )
}

function tell({ status, amount }: Refund): void {
  announce(
    status === 'refunded'
      ? `${formatMoney(amount)} went back.`
      : `${formatMoney(amount)} is on its way back: the provider has not answered yet.`,
  )
}
