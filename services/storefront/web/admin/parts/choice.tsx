import { useId } from 'react'

interface ChoiceProps<Value extends string> {
  readonly label: string
  readonly value: Value | ''
  /** What is chosen when none of the values is; left out where one must be. */
  readonly all?: string
  readonly options: readonly { readonly value: Value; readonly name: string }[]
  readonly onChange: (value: Value | undefined) => void
}

/** One of a few, as a select with its label. */
export function Choice<Value extends string>({ label, value, all, options, onChange }: ChoiceProps<Value>) {
  const id = useId()
  const choose = (chosen: string) => onChange(options.find((option) => option.value === chosen)?.value)
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {label}
      </label>
      <select id={id} className="input" value={value} onChange={(event) => choose(event.target.value)}>
        {all !== undefined && <option value="">{all}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.name}
          </option>
        ))}
      </select>
    </div>
  )
}
