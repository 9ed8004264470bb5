/** One broken promise. */
export interface Violation {
  readonly kind: string
  readonly what: string
  /** The order it is about, whose history then is told. */
  readonly orderId?: string
}
