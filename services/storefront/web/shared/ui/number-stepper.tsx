import { NumberField } from '@base-ui/react/number-field'
import { Icon } from './icon.tsx'

interface NumberStepperProps {
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly onChange: (value: number) => void
}

/** A whole number to type, or to change by one. */
export function NumberStepper({ label, value, min, max, onChange }: NumberStepperProps) {
  return (
    <NumberField.Root
      value={value}
      min={min}
      max={max}
      step={1}
      onValueChange={(next) => next !== null && onChange(next)}
    >
      <NumberField.Group className="stepper">
        <NumberField.Decrement className="icon-button" aria-label={`Fewer: ${label}`}>
          <Icon name="minus" size={16} />
        </NumberField.Decrement>
        <NumberField.Input className="stepper__input" aria-label={label} />
        <NumberField.Increment className="icon-button" aria-label={`More: ${label}`}>
          <Icon name="plus" size={16} />
        </NumberField.Increment>
      </NumberField.Group>
    </NumberField.Root>
  )
}
