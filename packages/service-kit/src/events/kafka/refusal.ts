import type { ProtocolError, ResponseError } from '@platformatic/kafka'

/** A broker answered with errors of the protocol. */
export class KafkaRefusal extends Error {
  override readonly name = 'KafkaRefusal'
  /** As the protocol calls them. */
  readonly errors: readonly string[]
  /** The name that the broker gives to a new member of a group, which it refuses once for that. */
  readonly memberId: string

  constructor({ message, errors }: ResponseError) {
    const refusals = errors as ProtocolError[]
    const names = [...new Set(refusals.map(({ apiId }) => String(apiId)))]
    super(`${message}: ${names.join(', ')}`)
    this.errors = names
    this.memberId = String(refusals[0]?.memberId ?? '')
  }

  /** Whether an error is nothing but refusals of these names. */
  static is(error: unknown, ...names: readonly string[]): error is KafkaRefusal {
    return error instanceof KafkaRefusal && error.errors.every((each) => names.includes(each))
  }
}
