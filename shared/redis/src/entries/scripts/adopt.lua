adopt(KEYS[1])
return redis.call('HGETALL', KEYS[1])
