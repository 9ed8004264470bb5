import { z } from 'zod'

/**
 * Every way in which a service says no: the stable code, its HTTP status and its title. Callers switch on the code
 * (the last part of `type`), never on a text.
 */
export const errors = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  idempotency_key_missing: { status: 400, title: 'This request needs an Idempotency-Key' },
  unauthenticated: { status: 401, title: 'A valid access token is needed' },
  wrong_credentials: { status: 401, title: 'The address or the password is wrong' },
  session_ended: { status: 401, title: 'The session has ended' },
  forbidden: { status: 403, title: 'This caller may not do this' },
  account_disabled: { status: 403, title: 'This account is disabled' },
  not_found: { status: 404, title: 'There is no such thing' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  email_taken: { status: 409, title: 'There is an account with this address' },
  sku_taken: { status: 409, title: 'There is a product with this SKU' },
  out_of_stock: { status: 409, title: 'Not everything is in stock' },
  stock_below_zero: { status: 409, title: 'The stock would fall below zero' },
  hold_closed: { status: 409, title: 'This attempt is over' },
  wrong_state: { status: 409, title: 'The state does not allow this' },
  too_many_open_orders: { status: 409, title: 'Too many orders of this customer are open' },
  too_many_held_units: { status: 409, title: 'Too many units are held for unpaid orders of this customer' },
  no_payment_attempts_left: { status: 409, title: 'This order has no payment attempts left' },
  refund_too_large: { status: 409, title: 'More than what is left can not be refunded' },
  request_in_progress: { status: 409, title: 'A request with this key is still running' },
  precondition_failed: { status: 412, title: 'It has changed since it was read' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON' },
  idempotency_key_reused: { status: 422, title: 'This key was used with another body' },
  upgrade_required: { status: 426, title: 'This path is a WebSocket' },
  precondition_required: { status: 428, title: 'This change needs an If-Match' },
  too_many_attempts: { status: 429, title: 'Too many attempts' },
  too_many_streams: { status: 429, title: 'Too many streams are open' },
  internal: { status: 500, title: 'Internal error' },
  unavailable: { status: 503, title: 'A part of the shop does not answer' },
} as const

export type ErrorCode = keyof typeof errors

/** The stable `type` of a problem document. */
export const problemType = (code: ErrorCode): string => `urn:portico:problem:${code.replaceAll('_', '-')}`

export const fieldError = z.object({
  field: z.string().meta({ description: 'Where: items.0.quantity, a header or a parameter; empty for the whole' }),
  message: z.string(),
})

export type FieldError = z.infer<typeof fieldError>

/** RFC 9457, with the request id, and for bad input every field that is wrong. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    requestId: z.string(),
    errors: z.array(fieldError).optional(),
  })
  .meta({ id: 'Problem' })

export type Problem = z.infer<typeof problem>
