import { z } from 'zod'

/** An amount of money: an integer in minor units (cents) and an ISO 4217 code. */
export const money = z
  .strictObject({
    amount: z.int().min(0).max(1_000_000_000_000).meta({ description: 'Minor units: 1999 is 19.99' }),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as EUR')
      .meta({ example: 'EUR' }),
  })
  .meta({ id: 'Money' })

export type Money = z.infer<typeof money>

export const isSameMoney = (a: Money, b: Money): boolean => a.amount === b.amount && a.currency === b.currency

/** The sum of amounts in one currency. @throws RangeError when the currencies differ. */
export function sumOf(amounts: readonly [Money, ...Money[]]): Money {
  const { currency } = amounts[0]
  let amount = 0
  for (const each of amounts) {
    if (each.currency !== currency) throw new RangeError(`can't add ${each.currency} to ${currency}`)
    amount += each.amount
  }
  return { amount, currency }
}

export function times(money: Money, quantity: number): Money {
  return { amount: money.amount * quantity, currency: money.currency }
}
