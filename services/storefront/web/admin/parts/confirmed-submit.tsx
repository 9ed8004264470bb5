import { AlertDialog } from '@base-ui/react/alert-dialog'
import { type FormEvent, type ReactNode, useRef, useState } from 'react'

type Errors = Readonly<Record<string, string | undefined>>

interface ConfirmedSubmitProps {
  /** What the button of the form says. */
  readonly action: string
  readonly title: string
  readonly explanation: ReactNode
  readonly confirm: string
  readonly keep: string
  readonly busy: boolean
  /** What is wrong with the fields as they are, by name. */
  readonly errors: Errors
  readonly onConfirm: () => void
  /** Stands beside the button. */
  readonly beside?: ReactNode
  /** The fields, given the errors to show: none before the first try to submit. */
  readonly children: (shown: Errors) => ReactNode
}

/** A form whose effect can't be undone: it says what is wrong first, then asks once more. */
export function ConfirmedSubmit(props: ConfirmedSubmitProps) {
  const { action, title, explanation, confirm, keep, busy, errors, onConfirm, beside, children } = props
  const [tried, setTried] = useState(false)
  const [open, setOpen] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    const wrong = Object.keys(errors).find((name) => errors[name] !== undefined)
    if (wrong === undefined) setOpen(true)
    else (form.current?.elements.namedItem(wrong) as HTMLElement | null)?.focus()
  }
  return (
    <form ref={form} className="stack" onSubmit={onSubmit} noValidate>
      {children(tried ? errors : {})}
      <div className="row">
        <button type="submit" className="button button--danger" aria-disabled={busy}>
          {busy ? 'Working …' : action}
        </button>
        {beside}
      </div>
      <AlertDialog.Root open={open} onOpenChange={setOpen}>
        <AlertDialog.Portal>
          <AlertDialog.Backdrop className="dialog__backdrop" />
          <AlertDialog.Popup className="dialog card stack">
            <AlertDialog.Title>{title}</AlertDialog.Title>
            <AlertDialog.Description render={<div />}>{explanation}</AlertDialog.Description>
            <div className="row">
              <AlertDialog.Close className="button button--danger" onClick={onConfirm}>
                {confirm}
              </AlertDialog.Close>
              <AlertDialog.Close className="button button--quiet">{keep}</AlertDialog.Close>
            </div>
          </AlertDialog.Popup>
        </AlertDialog.Portal>
      </AlertDialog.Root>
    </form>
  )
}
