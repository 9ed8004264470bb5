/** The statuses with which nginx turns down a request whose head it can't accept; 494 and 497 go out as 400. */
export type RefusalStatus = 400 | 405 | 413 | 414 | 494 | 497 | 501 | 505

/** A request that is refused before anything is done for it. The connection is closed after the answer. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest'
  readonly status: RefusalStatus

  constructor(status: RefusalStatus, reason: string) {
    super(reason)
    this.status = status
  }
}
