local key, item, value = KEYS[1], ARGV[8], ARGV[9]
local ends = lives_until(key)
if not ends then return {'absent', 0, {}} end

-- An item is `END|VALUE`, or `|VALUE` without expiry.
local function content(stored) return #stored - string.find(stored, '|', 1, true) end
local function has_ended(stored)
    local its_end = tonumber(string.match(stored, '^%d+'))
    return its_end and its_end <= now
end

local size, ended = #item + content(value), {}
local fields = redis.call('HGETALL', key)
for at = 1, #fields, 2 do
    local name, stored = fields[at], fields[at + 1]
    if string.sub(name, 1, 1) ~= '.' and name ~= item then
        if has_ended(stored) then ended[#ended + 1] = name else size = size + #name + content(stored) end
    end
end
-- A session with a login has a higher limit.
local limit = tonumber(redis.call('HEXISTS', key, '.l') == 1 and ARGV[10] or ARGV[11])
if size > limit then return {'full', limit, {}} end
for _, name in ipairs(ended) do redis.call('HDEL', key, name) end
redis.call('HSET', key, item, value)
return {'done', use(key, ends), redis.call('HGETALL', key)}
