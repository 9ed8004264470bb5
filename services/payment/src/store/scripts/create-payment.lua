-- A new payment, pending and due at the provider; of an attempt that is known, nothing.
-- KEYS: attempt, payment, order, unsettled, ids of all, ids of pending ones. ARGV: id, payment (JSON), attempt number, due (ms).
-- Answers 1, or 0 when the attempt has a payment.
if redis.call('exists', KEYS[1]) == 1 then return 0 end
redis.call('set', KEYS[1], ARGV[1])
redis.call('set', KEYS[2], ARGV[2])
redis.call('zadd', KEYS[3], ARGV[3], ARGV[1])
redis.call('zadd', KEYS[4], ARGV[4], 'payment/' .. ARGV[1])
redis.call('zadd', KEYS[5], 0, ARGV[1])
redis.call('zadd', KEYS[6], 0, ARGV[1])
return 1
