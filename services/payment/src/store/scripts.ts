/**
 * The writes that must be all or nothing, as Lua. Redis runs one script at a time, so each looks at a state and changes
 * it in one step, together with what the outbox is to say of it.
 */

/**
 * A new payment, pending and due at the provider; of an attempt that is known, nothing.
 * KEYS: attempt, payment, order, unsettled. ARGV: id, payment (JSON), attempt number, due (ms).
 */
export const create = `
if redis.call('exists', KEYS[1]) == 1 then return 0 end
redis.call('set', KEYS[1], ARGV[1])
redis.call('set', KEYS[2], ARGV[2])
redis.call('zadd', KEYS[3], ARGV[3], ARGV[1])
redis.call('zadd', KEYS[4], ARGV[4], 'payment/' .. ARGV[1])
return 1`

/**
 * A pending payment gets its outcome and says so; of any other, nothing.
 * KEYS: payment, unsettled, outbox. ARGV: id, from, to, event (JSON).
 */
export const settle = `
local payment = cjson.decode(redis.call('get', KEYS[1]))
redis.call('zrem', KEYS[2], 'payment/' .. ARGV[1])
if payment.status ~= ARGV[2] then return 0 end
payment.status = ARGV[3]
redis.call('set', KEYS[1], cjson.encode(payment))
redis.call('xadd', KEYS[3], '*', 'event', ARGV[4])
return 1`

/**
 * A refund is reserved if enough is left; known under its id, nothing. An amount of -1 is all that is left.
 * KEYS: payment, refund, unsettled. ARGV: refund (JSON without amount), amount, from, due (ms), whole ('1': only if
 * nothing went back before and the amount is all). Answers the amount reserved, 0 known before, or -1 wrong state,
 * -2 too large, -3 not whole.
 */
export const reserveRefund = `
if redis.call('exists', KEYS[2]) == 1 then return 0 end
local payment = cjson.decode(redis.call('get', KEYS[1]))
if payment.status ~= ARGV[3] then return -1 end
local left = payment.amount.amount - payment.reserved
local amount = tonumber(ARGV[2])
if amount == -1 then amount = left end
if amount <= 0 or amount > left then return -2 end
if ARGV[5] == '1' and amount ~= payment.amount.amount then return -3 end
local refund = cjson.decode(ARGV[1])
refund.amount = { amount = amount, currency = payment.amount.currency }
payment.reserved = payment.reserved + amount
redis.call('set', KEYS[1], cjson.encode(payment))
redis.call('set', KEYS[2], cjson.encode(refund))
redis.call('zadd', KEYS[3], ARGV[4], 'refund/' .. refund.id)
return amount`

/**
 * A reserved refund is done, once: the payment counts it, is refunded when nothing is left, and says so. The event comes
 * without the sums, which are known here alone.
 * KEYS: payment, refund, unsettled, outbox. ARGV: event (JSON), from, to. Answers 1, or 0 when it was done before.
 */
export const finishRefund = `
local refund = cjson.decode(redis.call('get', KEYS[2]))
redis.call('zrem', KEYS[3], 'refund/' .. refund.id)
if refund.status == 'refunded' then return 0 end
local payment = cjson.decode(redis.call('get', KEYS[1]))
payment.refunded = payment.refunded + refund.amount.amount
local whole = payment.refunded == payment.amount.amount
if whole and payment.status == ARGV[2] then payment.status = ARGV[3] end
refund.status = 'refunded'
local event = cjson.decode(ARGV[1])
event.data.refunded = { amount = payment.refunded, currency = payment.amount.currency }
event.data.whole = whole
redis.call('set', KEYS[1], cjson.encode(payment))
redis.call('set', KEYS[2], cjson.encode(refund))
redis.call('xadd', KEYS[4], '*', 'event', cjson.encode(event))
return 1`

/** Lets go of a lock that is still one's own. KEYS: lock. ARGV: the holder's word. */
export const release = `
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0`
