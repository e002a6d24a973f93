local key = KEYS[1]
local ends = lives_until(key)
if not ends then return {'absent', 0, {}} end
forget_login(key)
redis.call('HDEL', key, '.l', '.i', '.g')
return changed(key, ends)
