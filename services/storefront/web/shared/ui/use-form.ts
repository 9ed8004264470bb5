import type { ErrorCode } from '@portico/contracts'
import { type FormEvent, useState } from 'react'
import { ApiError } from '../api/problem.ts'

export interface FormState {
  /** By the field's name, what is wrong with it. */
  readonly errors: Readonly<Record<string, string>>
  /** What went wrong beside the fields. */
  readonly failure: unknown
  readonly busy: boolean
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void
}

/** Refusals that are about one field though they name none, by their code. */
export type FieldRefusals = Partial<Record<ErrorCode, { readonly field: string; readonly message: string }>>

export const emailTaken = { field: 'email', message: 'There is an account with this address already.' } as const

/**
 * A form of named inputs. What the browser finds wrong with a field, or the API's answer says of it, stands at the
 * field, and the first such field takes the focus.
 */
export function useForm(
  submit: (values: Record<string, string>, form: HTMLFormElement) => Promise<void>,
  refusals: FieldRefusals = {},
): FormState {
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [failure, setFailure] = useState<unknown>()
  const [busy, setBusy] = useState(false)

  const show = (form: HTMLFormElement, wrong: Record<string, string>) => {
    setErrors(wrong)
    const first = [...form.elements].find((element) => element instanceof HTMLInputElement && element.name in wrong)
    if (first instanceof HTMLInputElement) first.focus()
  }
  const run = async (form: HTMLFormElement) => {
    setFailure(undefined)
    const wrong = wrongFields(form)
    show(form, wrong)
    if (busy || Object.keys(wrong).length > 0) return
    setBusy(true)
    try {
      await submit(valuesOf(form), form)
    } catch (error) {
      const told = toldFields(error, form, refusals)
      if (Object.keys(told).length > 0) show(form, told)
      else setFailure(error)
    } finally {
      setBusy(false)
    }
  }
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    void run(event.currentTarget)
  }
  return { errors, failure, busy, onSubmit }
}

const valuesOf = (form: HTMLFormElement): Record<string, string> =>
  Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]))

/** The browser's own rules (required, type, minlength), in its own language. */
function wrongFields(form: HTMLFormElement): Record<string, string> {
  const inputs = [...form.elements].filter((element) => element instanceof HTMLInputElement)
  const wrong = inputs.filter((input) => input.name !== '' && !input.validity.valid)
  return Object.fromEntries(wrong.map((input) => [input.name, input.validationMessage]))
}

function toldFields(error: unknown, form: HTMLFormElement, refusals: FieldRefusals): Record<string, string> {
  if (!(error instanceof ApiError)) return {}
  const refusal = error.code && refusals[error.code]
  if (refusal) return { [refusal.field]: refusal.message }
  const known = error.fields.filter(({ field }) => form.elements.namedItem(field))
  return Object.fromEntries(known.map(({ field, message }) => [field, message]))
}
