return {end_surplus(KEYS[1], ARGV[8], tonumber(ARGV[9]))}
