-- Ends an account's least recently used logins beyond the limit (0: unlimited), but never its own. Returns how many are still too many,
-- and those that ended.
-- Of more logins than the greatest limit, only those that end first are examined.
local MAX_EXAMINED = 1001

local function end_surplus(logins, own, at_most)
    if at_most == 0 then return 0, {} end
    local time, others = redis_time(), {}
    local surplus = redis.call('ZCOUNT', logins, time, '+inf') - at_most
    if surplus <= 0 then return 0, {} end
    for _, member in ipairs(redis.call('ZRANGE', logins, time, '+inf', 'BYSCORE', 'LIMIT', 0, MAX_EXAMINED)) do
        if member ~= own then
            local seen = tonumber(redis.call('HGET', entry_key(logins, member), '.s') or 0) or 0
            others[#others + 1] = {member = member, seen = seen}
        end
    end
    table.sort(others, function(one, other) return one.seen < other.seen end)
    local ended = math.min(surplus, #others)
    local members = {}
    for at = 1, ended do
        members[at] = others[at].member
        end_login(logins, members[at])
    end
    return surplus - ended, members
end
