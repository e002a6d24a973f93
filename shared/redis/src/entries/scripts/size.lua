-- An item is `END|VALUE`, or `|VALUE` without expiry. Its size is that of its key and its value.
local function size_of(item, stored) return #item + #stored - string.find(stored, '|', 1, true) end

-- The size of all items but this one, as `.b` has it. nil if `.b` is missing or too small for the item. An instance of version 0.1 does not
-- count the items that it writes. During an upgrade, an entry can therefore hold up to twice the limit.
local function size_of_others(key, item)
    local size = tonumber(redis.call('HGET', key, '.b') or nil)
    if not size then return nil end
    local former = redis.call('HGET', key, item)
    local others = former and size - size_of(item, former) or size
    if others >= 0 then return others end
end
