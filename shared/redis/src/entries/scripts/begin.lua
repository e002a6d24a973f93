local key, ends = KEYS[1], ARGV[8]
redis.call('HSET', key, unpack(ARGV, 9))
end_at(key, ends)
