-- Takes what is due and puts each off, longer with every try: until then it is the taker's alone.
-- KEYS: unsettled, tries. ARGV: now (ms), first lease (ms), longest lease (ms), limit. Answers the members taken.
local members = redis.call('zrangebyscore', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[4])
for _, member in ipairs(members) do
  local tries = redis.call('hincrby', KEYS[2], member, 1)
  local lease = math.min(tonumber(ARGV[3]), tonumber(ARGV[2]) * 2 ^ (tries - 1))
  redis.call('zadd', KEYS[1], tonumber(ARGV[1]) + lease, member)
end
return members
