adopt(KEYS[1])
forget_login(KEYS[1])
redis.call('DEL', KEYS[1])
