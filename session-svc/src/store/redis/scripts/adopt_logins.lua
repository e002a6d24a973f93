-- Moves some of an account's logins from their other names to these. Says how many are left there.
local logins = KEYS[1]
local others = other_name(logins)
for _, member in ipairs(redis.call('ZRANGE', others, 0, STEP - 1)) do
    adopt(beside(logins, member))
    redis.call('ZREM', others, member)
end
end_with_last(logins)
return redis.call('ZCARD', others)
