-- A page of an account's logins, the latest end first. Returns where the next page begins; -1 after the last one.
local logins, account, from, found, removed = KEYS[1], ARGV[8], tonumber(ARGV[9]), {}, 0
forget_expired(logins)
local members = redis.call('ZRANGE', logins, '+inf', redis_time(), 'BYSCORE', 'REV', 'LIMIT', from, STEP)
for _, member in ipairs(members) do
    local key = entry_key(logins, member)
    local values = head_values(key)
    if not values[1] then
        redis.call('ZREM', logins, member)
        removed = removed + 1
    elseif lives_until(key) and values[3] == account and values[5] then
        found[#found + 1] = named(values)
    end
end
return {found, #members < STEP and -1 or from + #members - removed}
