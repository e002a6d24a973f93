-- A page of an account's logins, the latest end first. Returns where the next page begins; -1 after the last one.
local logins, account, from, found, removed = KEYS[1], ARGV[8], tonumber(ARGV[9]), {}, 0
forget_expired(logins)
local members = redis.call('ZRANGE', logins, '+inf', redis_time(), 'BYSCORE', 'REV', 'LIMIT', from, STEP)
for _, member in ipairs(members) do
    local key = session_key(logins, member)
    local names = {'.e', '.s', '.o', '.i', '.l', '.g'}
    local values = redis.call('HMGET', key, unpack(names))
    if not values[1] then
        redis.call('ZREM', logins, member)
        removed = removed + 1
    elseif lives_until(key) and values[3] == account and values[5] then
        local head = {}
        for at, value in ipairs(values) do
            if value then
                head[#head + 1] = names[at]
                head[#head + 1] = value
            end
        end
        found[#found + 1] = head
    end
end
return {found, #members < STEP and -1 or from + #members - removed}
