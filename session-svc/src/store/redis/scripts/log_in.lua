local key, former = KEYS[1], KEYS[2]
local account, login, ends, ends_others = ARGV[5], ARGV[6], ARGV[7], ARGV[8] == '1'
if former and lives_until(former) then
    local owner = redis.call('HGET', former, '.o')
    forget_login(former)
    -- What belongs to nobody yet belongs to whoever logs in; what is somebody else's ends.
    if not owner or owner == account then redis.call('RENAME', former, key) else redis.call('DEL', former) end
end
if ends_others then
    local logins = index(key, account)
    for _, member in ipairs(redis.call('ZRANGE', logins, 0, -1)) do redis.call('DEL', beside(key, member)) end
    redis.call('DEL', logins)
end
for at = 9, #ARGV, 2 do redis.call('HSET', key, ARGV[at], ARGV[at + 1]) end
redis.call('HSET', key, '.l', login, '.i', now, '.o', account, '.s', now)
end_at(key, ends)
return redis.call('HGETALL', key)
