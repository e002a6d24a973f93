local key, item = KEYS[1], ARGV[8]
local ends = lives_until(key)
if not ends then return {'absent', 0, {}} end
if item then
    redis.call('HDEL', key, item)
else
    for _, name in ipairs(redis.call('HKEYS', key)) do
        if string.sub(name, 1, 1) ~= '.' then redis.call('HDEL', key, name) end
    end
end
return {'done', use(key, ends), redis.call('HGETALL', key)}
