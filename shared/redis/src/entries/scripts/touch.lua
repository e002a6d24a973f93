local ends = lives_until(KEYS[1])
if not ends then return 0 end
use(KEYS[1], ends)
return 1
