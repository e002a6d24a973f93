-- One login, or without a second word all of them.
local login = ARGV[5]
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    local key = beside(KEYS[1], member)
    local stored = redis.call('HGET', key, '.l')
    if not login or stored and string.sub(stored, 1, #login) == login then
        redis.call('DEL', key)
        redis.call('ZREM', KEYS[1], member)
    end
end
