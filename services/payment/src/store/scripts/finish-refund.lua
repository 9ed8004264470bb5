-- A reserved refund is done, once: the payment counts it, is refunded when nothing is left, and says so. The event comes
-- without the sums, which are known here alone.
-- KEYS: payment, refund, unsettled, tries, outbox, ids of captured ones, ids of refunded ones. ARGV: event (JSON), from, to.
-- Answers 1, or 0 when it was done before.
local refund = cjson.decode(redis.call('get', KEYS[2]))
redis.call('zrem', KEYS[3], 'refund/' .. refund.id)
redis.call('hdel', KEYS[4], 'refund/' .. refund.id)
if refund.status == 'refunded' then return 0 end
local payment = cjson.decode(redis.call('get', KEYS[1]))
payment.refunded = payment.refunded + refund.amount.amount
local whole = payment.refunded == payment.amount.amount
if whole and payment.status == ARGV[2] then
  payment.status = ARGV[3]
  redis.call('zrem', KEYS[6], payment.id)
  redis.call('zadd', KEYS[7], 0, payment.id)
end
refund.status = 'refunded'
local event = cjson.decode(ARGV[1])
event.data.refunded = { amount = payment.refunded, currency = payment.amount.currency }
event.data.whole = whole
redis.call('set', KEYS[1], cjson.encode(payment))
redis.call('set', KEYS[2], cjson.encode(refund))
append_event(KEYS[5], cjson.encode(event))
return 1
