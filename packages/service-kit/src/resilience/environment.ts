import { z } from 'zod'

const whole = (least: number, most: number, otherwise: number) =>
  z.coerce.number().pipe(z.int().min(least).max(most)).default(otherwise)

/** How a service calls another one; each a setting, named after who is called (`PRODUCT_TIMEOUT_MS`, …). */
export interface CallSettings {
  /** For a call with all its tries. */
  readonly timeoutMs: number
  /** For one try. */
  readonly tryTimeoutMs: number
  /** Tries after the first, of calls that may be made twice. */
  readonly retries: number
  /** Calls under way at once, and how many more may wait for their turn. */
  readonly maxConcurrent: number
  readonly maxWaiting: number
  /** The share of calls that must fail for the circuit to open, and how long it then stays so. */
  readonly breakerThreshold: number
  readonly breakerOpenMs: number
}

/** The variables of one called service, for `readEnvironment`; the defaults may be others. */
export const callEnvironment = <Name extends string>(
  name: Name,
  { timeoutMs = 2000, tryTimeoutMs = 1000, retries = 2, maxConcurrent = 32 }: Partial<CallSettings> = {},
) =>
  ({
    [`${name}_TIMEOUT_MS`]: whole(1, 60_000, timeoutMs),
    [`${name}_TRY_TIMEOUT_MS`]: whole(1, 60_000, tryTimeoutMs),
    [`${name}_RETRIES`]: whole(0, 10, retries),
    [`${name}_MAX_CONCURRENT`]: whole(1, 10_000, maxConcurrent),
    [`${name}_MAX_WAITING`]: whole(0, 100_000, 128),
    [`${name}_BREAKER_THRESHOLD`]: z.coerce.number().min(0.01).max(0.99).default(0.5),
    [`${name}_BREAKER_OPEN_MS`]: whole(1, 600_000, 2000),
  }) as unknown as Record<`${Name}_${Suffix}`, z.ZodType<number>>

type Suffix =
  | 'TIMEOUT_MS'
  | 'TRY_TIMEOUT_MS'
  | 'RETRIES'
  | 'MAX_CONCURRENT'
  | 'MAX_WAITING'
  | 'BREAKER_THRESHOLD'
  | 'BREAKER_OPEN_MS'

/** Picks the settings of one called service out of the environment. */
export function callSettings<Name extends string>(
  name: Name,
  config: Readonly<Record<`${Name}_${Suffix}`, number>>,
): CallSettings {
  const of = (suffix: Suffix) => config[`${name}_${suffix}`]
  return {
    timeoutMs: of('TIMEOUT_MS'),
    tryTimeoutMs: of('TRY_TIMEOUT_MS'),
    retries: of('RETRIES'),
    maxConcurrent: of('MAX_CONCURRENT'),
    maxWaiting: of('MAX_WAITING'),
    breakerThreshold: of('BREAKER_THRESHOLD'),
    breakerOpenMs: of('BREAKER_OPEN_MS'),
  }
}
