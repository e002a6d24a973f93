return end_surplus(KEYS[1], ARGV[5], tonumber(ARGV[6]))
