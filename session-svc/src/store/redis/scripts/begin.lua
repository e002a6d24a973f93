local key, ends = KEYS[1], ARGV[5]
redis.call('HSET', key, unpack(ARGV, 6))
end_at(key, ends)
