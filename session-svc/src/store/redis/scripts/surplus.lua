-- Ends the least recently used logins of an account beyond so many (0: no limit), but never its own. Says how many are still too many. Of more logins than the greatest limit, those that end first are looked at.
local LOOKED_AT = 1001

local function end_surplus(logins, own, at_most)
    if at_most == 0 then return 0 end
    local time, others = redis_time(), {}
    local surplus = redis.call('ZCOUNT', logins, time, '+inf') - at_most
    if surplus <= 0 then return 0 end
    for _, member in ipairs(redis.call('ZRANGE', logins, time, '+inf', 'BYSCORE', 'LIMIT', 0, LOOKED_AT)) do
        if member ~= own then
            local seen = tonumber(redis.call('HGET', beside(logins, member), '.s') or 0) or 0
            others[#others + 1] = {member = member, seen = seen}
        end
    end
    table.sort(others, function(one, other) return one.seen < other.seen end)
    local ended = math.min(surplus, #others)
    for at = 1, ended do end_login(logins, others[at].member) end
    return surplus - ended
end
