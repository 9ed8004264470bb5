-- A refund is reserved if enough is left, together with the record of the request that asked for it, if one did.
-- KEYS: payment, refund, unsettled, and for an admin's request its idempotency record, the audit log, that of the admin.
-- ARGV: refund (JSON without amount), amount (-1: all that is left), from, due (ms), '1' if only the whole will do,
-- and for a request the hash of its body, the audit entry (JSON without the sums, which are known here alone) and for how
-- long its record is kept (ms).
-- Answers reserved; known when id or request has a refund; not_whole; too_large; or the status that forbids it.
if redis.call('exists', KEYS[2]) == 1 or (KEYS[4] and redis.call('exists', KEYS[4]) == 1) then return 'known' end
local payment = cjson.decode(redis.call('get', KEYS[1]))
if payment.status ~= ARGV[3] then return payment.status end
local total = payment.amount.amount
local left = total - payment.reserved
local amount = tonumber(ARGV[2])
if amount == -1 then amount = left end
if ARGV[5] == '1' and (payment.reserved > 0 or amount ~= total) then return 'not_whole' end
-- Nothing can go back of something only; of a payment of nothing, nothing is the whole.
if amount > left or (amount == 0 and total > 0) then return 'too_large' end
local refund = cjson.decode(ARGV[1])
refund.amount = { amount = amount, currency = payment.amount.currency }
local before = payment.reserved
payment.reserved = before + amount
redis.call('set', KEYS[1], cjson.encode(payment))
redis.call('set', KEYS[2], cjson.encode(refund))
redis.call('zadd', KEYS[3], ARGV[4], 'refund/' .. refund.id)
if KEYS[4] then
  redis.call('hset', KEYS[4], 'body', ARGV[6], 'refund', refund.id)
  redis.call('pexpire', KEYS[4], ARGV[8])
  local entry = cjson.decode(ARGV[7])
  entry.before = { refunded = { amount = before, currency = refund.amount.currency } }
  entry.after.amount = refund.amount
  entry.after.refunded = { amount = payment.reserved, currency = refund.amount.currency }
  local member = entry.id .. ' ' .. cjson.encode(entry)
  redis.call('zadd', KEYS[5], 0, member)
  redis.call('zadd', KEYS[6], 0, member)
end
return 'reserved'
