import { AlertDialog } from '@base-ui/react/alert-dialog'
import type { ReactNode } from 'react'

interface ConfirmDialogProps {
  /** What the button that asks says. */
  readonly action: string
  readonly title: string
  readonly children: ReactNode
  /** What the button that does it says. */
  readonly confirm: string
  /** What the button that leaves all as it is says. */
  readonly keep: string
  readonly busy?: boolean
  readonly onConfirm: () => void
}

/** A button that asks once more before it does something that can't be undone. */
export function ConfirmDialog({ action, title, children, confirm, keep, busy = false, onConfirm }: ConfirmDialogProps) {
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger className="button button--danger" aria-disabled={busy}>
        {action}
      </AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="dialog__backdrop" />
        <AlertDialog.Popup className="dialog card stack">
          <AlertDialog.Title>{title}</AlertDialog.Title>
          <AlertDialog.Description render={<div />}>{children}</AlertDialog.Description>
          <div className="row">
            <AlertDialog.Close className="button button--danger" onClick={onConfirm}>
              {confirm}
            </AlertDialog.Close>
            <AlertDialog.Close className="button button--quiet">{keep}</AlertDialog.Close>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
