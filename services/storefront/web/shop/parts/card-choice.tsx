import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import { useId } from 'react'
import { testCards } from '../checkout/test-cards.ts'

/** By a name of its own the linter knows that it is a label's control (biome.json, `inputComponents`). */
const RadioButton = Radio.Root

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
          <label key={token} className="pay-card">
            <RadioButton value={token} className="radio">
              <Radio.Indicator className="radio__dot" />
            </RadioButton>
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
