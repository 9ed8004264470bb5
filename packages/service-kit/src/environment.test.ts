import { expect, it } from 'vitest'
import { z } from 'zod'
import { readEnvironment } from './environment.ts'

it('names every variable that is not set, and says what is wrong with the others', () => {
  const shape = { PORT: z.coerce.number().pipe(z.int()), URL: z.string().min(1), LEVEL: z.enum(['a', 'b']) }
  expect(() => readEnvironment(shape, { LEVEL: 'c' })).toThrow(
    'The environment is not right.\n  PORT is not set\n  URL is not set\n  LEVEL: Invalid option: expected one of "a"|"b"',
  )
})
