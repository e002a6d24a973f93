local key = KEYS[1]
local ends = lives_until(key)
if not ends then return {'absent', 0, {}} end
forget_login(key)
redis.call('DEL', key)
redis.call('HSET', key, '.s', now)
end_at(key, ends)
return changed(key, ends)
