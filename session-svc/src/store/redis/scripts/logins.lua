local account, found = ARGV[5], {}
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    local key = beside(KEYS[1], member)
    if lives_until(key) and redis.call('HEXISTS', key, '.l') == 1 and redis.call('HGET', key, '.o') == account then
        local head = {}
        for _, name in ipairs({'.e', '.s', '.o', '.i', '.l'}) do
            head[#head + 1] = name
            head[#head + 1] = redis.call('HGET', key, name)
        end
        found[#found + 1] = head
    end
end
return found
