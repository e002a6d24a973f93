-- Moves some of an account's logins from the other prefix to this one. Returns how many are left there.
local logins = KEYS[1]
local others = other_name(logins)
for _, member in ipairs(redis.call('ZRANGE', others, 0, STEP - 1)) do
    adopt(entry_key(logins, member))
    redis.call('ZREM', others, member)
end
end_with_last(logins)
return redis.call('ZCARD', others)
