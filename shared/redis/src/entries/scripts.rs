//! Atomic changes in Redis as scripts: each is one command, so no other client sees a partial change.
//!
//! A script that may need memory is refused as a whole if Redis has none left (`#!lua`, Redis 7). A script that only ends entries runs
//! even then.

use crate::Script;

macro_rules! script {
    ($($name:literal),+) => {
        Script::new(concat!("#!lua\n", include_str!("scripts/common.lua"), $(include_str!(concat!("scripts/", $name))),+))
    };
    ($($name:literal),+; frees memory) => {
        Script::new(concat!(
            "#!lua flags=allow-oom\n",
            include_str!("scripts/common.lua"),
            $(include_str!(concat!("scripts/", $name))),+
        ))
    };
}

pub(super) struct Scripts {
    pub(super) adopt: Script,
    pub(super) adopt_logins: Script,
    pub(super) begin: Script,
    pub(super) touch: Script,
    pub(super) put: Script,
    pub(super) remove: Script,
    pub(super) delete_login: Script,
    pub(super) clear: Script,
    pub(super) log_in: Script,
    pub(super) end: Script,
    pub(super) end_surplus: Script,
    pub(super) logins: Script,
    pub(super) end_login: Script,
    pub(super) end_logins: Script,
}

impl Scripts {
    pub(super) fn new() -> Self {
        Self {
            adopt: script!("adopt.lua"; frees memory),
            adopt_logins: script!("adopt_logins.lua"; frees memory),
            begin: script!("begin.lua"),
            touch: script!("touch.lua"; frees memory),
            put: script!("size.lua", "put.lua"),
            remove: script!("size.lua", "remove.lua"; frees memory),
            delete_login: script!("delete_login.lua"; frees memory),
            clear: script!("clear.lua"; frees memory),
            log_in: script!("surplus.lua", "log_in.lua"),
            end: script!("end.lua"; frees memory),
            end_surplus: script!("surplus.lua", "end_surplus.lua"; frees memory),
            logins: script!("logins.lua"; frees memory),
            end_login: script!("end_login.lua"; frees memory),
            end_logins: script!("end_logins.lua"; frees memory),
        }
    }
}

/// How long entries live, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct EntryLifetimes {
    /// Idle timeout of a login.
    pub idle: i64,
    /// Absolute timeout, since the login began.
    pub absolute: i64,
    /// Minimum gain for which the end of a login is moved.
    pub worth_prolonging: i64,
    /// Idle timeout of an entry without a login.
    pub anonymous: i64,
    /// Minimum gain for which the end of an entry without a login is moved.
    pub anonymous_worth_prolonging: i64,
}

impl EntryLifetimes {
    /// The first arguments of every script: the time, and the lifetimes. The other prefix follows, if any.
    pub(super) fn as_arguments(self, now: i64) -> [i64; 6] {
        [now, self.idle, self.absolute, self.worth_prolonging, self.anonymous, self.anonymous_worth_prolonging]
    }
}
