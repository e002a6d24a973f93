-- Ends the login with this id, if it belongs to the account. The id is the digest of its credential. A login of version 0.1 has a
-- random id, which only its entry contains, so it is searched for, one step per call. Returns where the next step begins, and how
-- many logins have ended.
local logins, cursor, login = KEYS[1], ARGV[8], ARGV[9]
if redis.call('ZSCORE', logins, login) then
    end_login(logins, login)
    return {'0', 1}
end
forget_expired(logins)
local found = redis.call('ZSCAN', logins, cursor, 'COUNT', STEP)
for at = 1, #found[2], 2 do
    local member = found[2][at]
    local stored = redis.call('HGET', entry_key(logins, member), '.l')
    if stored and string.sub(stored, 1, #login) == login then
        end_login(logins, member)
        return {'0', 1}
    end
end
return {found[1], 0}
