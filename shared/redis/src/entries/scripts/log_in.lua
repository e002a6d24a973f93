local key, former = KEYS[1], KEYS[2]
local account, login, generation, ends, at_most = ARGV[8], ARGV[9], ARGV[10], ARGV[11], tonumber(ARGV[12])
if former and lives_until(former) then
    local owner = redis.call('HGET', former, '.o')
    forget_login(former)
    -- Items without an owner pass to the account that logs in; an entry of another account ends.
    if not owner or owner == account then redis.call('RENAME', former, key) else redis.call('DEL', former) end
end
for at = 13, #ARGV, 2 do redis.call('HSET', key, ARGV[at], ARGV[at + 1]) end
redis.call('HSET', key, '.l', login, '.i', now, '.o', account, '.g', generation, '.s', now)
end_at(key, ends)
return {redis.call('HGETALL', key), end_surplus(index(key, account), digest(key), at_most)}
