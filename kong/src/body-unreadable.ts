/** What the client is told of a body that can't be read to its end; undefined where nobody is left to be told. */
export type BodyFault = 400 | 413 | 503 | undefined

/** The body of a request could not be read to its end: by a fault of the client, or over a limit of the gateway. */
export class BodyUnreadable extends Error {
  override readonly name = 'BodyUnreadable'
  readonly status: BodyFault

  constructor(message: string, status: BodyFault, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}
