-- Lets go of a lock that is still one's own. KEYS: lock. ARGV: the holder's word. Answers 1, or 0 when it is another's.
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0
