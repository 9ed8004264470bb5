-- A payment gets its outcome and says so, once.
-- KEYS: payment, unsettled, tries, outbox, ids of its status, ids of the next. ARGV: from, to, event (JSON).
-- Answers 1, or 0 when it is not in the state it would go from.
local payment = cjson.decode(redis.call('get', KEYS[1]))
redis.call('zrem', KEYS[2], 'payment/' .. payment.id)
redis.call('hdel', KEYS[3], 'payment/' .. payment.id)
if payment.status ~= ARGV[1] then return 0 end
payment.status = ARGV[2]
redis.call('set', KEYS[1], cjson.encode(payment))
redis.call('zrem', KEYS[5], payment.id)
redis.call('zadd', KEYS[6], 0, payment.id)
append_event(KEYS[4], ARGV[3])
return 1
