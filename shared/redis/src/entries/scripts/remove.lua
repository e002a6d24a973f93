local key, item = KEYS[1], ARGV[8]
local ends = lives_until(key)
if not ends then return {'absent', 0, {}} end
if item then
    local others = size_of_others(key, item)
    redis.call('HDEL', key, item)
    if others then redis.call('HSET', key, '.b', others) else redis.call('HDEL', key, '.b') end
else
    for _, name in ipairs(redis.call('HKEYS', key)) do
        if string.sub(name, 1, 1) ~= '.' then redis.call('HDEL', key, name) end
    end
    redis.call('HDEL', key, '.b')
end
return changed(key, ends)
