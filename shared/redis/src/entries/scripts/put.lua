local key, item, value = KEYS[1], ARGV[8], ARGV[9]
local ends = lives_until(key)
if not ends then return {'absent', 0, {}} end

local function has_ended(stored)
    local its_end = tonumber(string.match(stored, '^%d+'))
    return its_end and its_end <= now
end

-- Counts the size of all items but this one, and finds those that have ended. It reads all of them.
local function count_others()
    local size, ended = 0, {}
    local fields = redis.call('HGETALL', key)
    for at = 1, #fields, 2 do
        local name, stored = fields[at], fields[at + 1]
        if string.sub(name, 1, 1) ~= '.' and name ~= item then
            if has_ended(stored) then ended[#ended + 1] = name else size = size + size_of(name, stored) end
        end
    end
    return size, ended
end

-- An entry with a login has a higher limit.
local limit = tonumber(redis.call('HEXISTS', key, '.l') == 1 and ARGV[10] or ARGV[11])
local own, others, ended = size_of(item, value), size_of_others(key, item), {}
if not others or others + own > limit then others, ended = count_others() end
if others + own > limit then return {'full', limit, {}} end
for _, name in ipairs(ended) do redis.call('HDEL', key, name) end
redis.call('HSET', key, item, value, '.b', others + own)
return changed(key, ends)
