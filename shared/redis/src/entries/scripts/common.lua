-- An entry is a hash, for a session or an opaque token: `.e` is its end, `.s` its last use, `.o` the owner of its items. A login adds
-- `.i`, its beginning, `.g`, the account's generation at that time, and `.l`, its other data. `.b` is the size of its items. Every other
-- field is an item. The logins of an account are a sorted set, ordered by their ends. Both are in one bucket, whose name in braces is part
-- of their keys.
local now, idle, absolute, worth = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
-- The same for an entry without a login: its idle timeout, and the minimum gain for prolonging it.
local anonymous, anonymous_worth = tonumber(ARGV[5]), tonumber(ARGV[6])
-- An entry that is not found may have a key with this prefix; nil: there is no other prefix.
local other_prefix = string.match(ARGV[7], '^=(.*)$')

-- Maximum number of index members per script: Redis serves no other client meanwhile.
local STEP = 500

-- A key is PREFIX{BB}REST, and a prefix contains no brace.
local BRACE = string.find(KEYS[1], '{', 1, true)

local function bucket(key) return string.sub(key, 1, BRACE + 3) end
local function digest(key) return string.sub(key, BRACE + 4) end
local function other_name(key) return other_prefix .. string.sub(key, BRACE) end
local function index(key, account) return bucket(key) .. 'a:' .. account end
local function entry_key(key, member) return bucket(key) .. member end

-- What an entry is without its items, as names and values.
local HEAD = {'.e', '.s', '.o', '.i', '.l', '.g'}
local function named(values)
    local fields = {}
    for at, value in ipairs(values) do
        if value then
            fields[#fields + 1] = HEAD[at]
            fields[#fields + 1] = value
        end
    end
    return fields
end
local function head_values(key) return redis.call('HMGET', key, unpack(HEAD)) end

-- Redis expires keys by its own clock.
local function redis_time() return redis.call('TIME')[1] end

-- Removes expired logins from the index.
local function forget_expired(logins)
    local expired = redis.call('ZCOUNT', logins, '-inf', '(' .. redis_time())
    if expired > 0 then redis.call('ZREMRANGEBYRANK', logins, 0, math.min(expired, STEP) - 1) end
end

-- Lets the index expire with the login that ends last.
local function end_with_last(logins)
    local last = redis.call('ZRANGE', logins, -1, -1, 'WITHSCORES')[2]
    if last then redis.call('EXPIREAT', logins, last) end
end

local function end_login(logins, member)
    redis.call('UNLINK', entry_key(logins, member))
    redis.call('ZREM', logins, member)
end

local function forget_login(key)
    local account = redis.call('HGET', key, '.o')
    if account and redis.call('HEXISTS', key, '.l') == 1 then
        local logins = index(key, account)
        redis.call('ZREM', logins, digest(key))
        forget_expired(logins)
    end
end

local function remember_login(key, ends)
    local account = redis.call('HGET', key, '.o')
    if account and redis.call('HEXISTS', key, '.l') == 1 then
        local logins = index(key, account)
        redis.call('ZADD', logins, ends, digest(key))
        end_with_last(logins)
        forget_expired(logins)
    end
end

-- Moves the entry from the other prefix to this one, with its entry in the index.
local function adopt(key)
    if not other_prefix or redis.call('EXISTS', key) == 1 then return end
    local other = other_name(key)
    local ends = redis.call('HGET', other, '.e')
    if not ends then return end
    local account = redis.call('HGET', other, '.o')
    if account then redis.call('ZREM', other_name(index(key, account)), digest(key)) end
    redis.call('RENAME', other, key)
    remember_login(key, ends)
end

-- The entry's end, or nil if it has ended.
local function lives_until(key)
    local ends = tonumber(redis.call('HGET', key, '.e') or nil)
    if not ends and other_prefix then
        adopt(key)
        ends = tonumber(redis.call('HGET', key, '.e') or nil)
    end
    if ends and now < ends then return ends end
end

local function end_at(key, ends)
    redis.call('HSET', key, '.e', ends)
    redis.call('EXPIREAT', key, ends)
    remember_login(key, ends)
end

-- Records a use of the entry, and prolongs it if worthwhile. Returns 1 if its end has moved.
local function use(key, ends)
    redis.call('HSET', key, '.s', now)
    local fresh, gain = now + anonymous, anonymous_worth
    local began = tonumber(redis.call('HGET', key, '.i') or nil)
    if began then fresh, gain = math.min(now + idle, began + absolute), worth end
    if fresh - ends < gain then return 0 end
    end_at(key, fresh)
    return 1
end

-- The answer of a script that has changed the entry.
local function changed(key, ends)
    local prolonged = use(key, ends)
    return {'done', prolonged, named(head_values(key))}
end
