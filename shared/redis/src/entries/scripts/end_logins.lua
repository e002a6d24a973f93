-- One step through an account's logins: ends them, except the spared one, and those that began with this generation or a later one.
-- Returns where the next step begins, and how many logins have ended.
local logins, cursor, spared, since, ended = KEYS[1], ARGV[8], ARGV[9], tonumber(ARGV[10]), 0
forget_expired(logins)
local found = redis.call('ZSCAN', logins, cursor, 'COUNT', STEP)
for at = 1, #found[2], 2 do
    local member = found[2][at]
    -- A login of version 0.1 has no generation; it counts as 0.
    local generation = tonumber(redis.call('HGET', entry_key(logins, member), '.g') or 0) or 0
    if member ~= spared and not (since and generation >= since) then
        end_login(logins, member)
        ended = ended + 1
    end
end
return {found[1], ended}
