import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import { useId } from 'react'
import { testCards } from '../checkout/test-cards.ts'

interface CardChoiceProps {
  readonly value: string
  readonly onChange: (token: string) => void
}

/** Which test card to pay with. */
export function CardChoice({ value, onChange }: CardChoiceProps) {
  const id = useId()
  return (
    <div className="stack">
      <h2 id={id}>Pay with a test card</h2>
      <RadioGroup
        className="pay-cards"
        aria-labelledby={id}
        value={value}
        onValueChange={(token) => onChange(String(token))}
      >
        {testCards.map(({ token, name, digits, says }) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the control within is Base UI's radio button
          <label key={token} className="pay-card">
            <Radio.Root value={token} className="radio">
              <Radio.Indicator className="radio__dot" />
            </Radio.Root>
            <span className="pay-card__text">
              <span className="pay-card__name">{name}</span>
              <span className="small soft">{says}</span>
            </span>
            <span className="pay-card__digits small" aria-hidden="true">
              •• {digits}
            </span>
          </label>
        ))}
      </RadioGroup>
    </div>
  )
}
