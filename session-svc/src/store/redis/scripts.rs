//! What happens at once in Redis, as scripts: each is one command, and nobody sees the half of it.
//!
//! A script that may need memory is refused as a whole when Redis has none left (`#!lua`, Redis 7); one that only ends
//! sessions runs even then.

use redis::Script;

use crate::lifetime::Lifetimes;

macro_rules! script {
    ($name:literal) => {
        Script::new(concat!("#!lua\n", include_str!("scripts/common.lua"), include_str!(concat!("scripts/", $name))))
    };
    ($name:literal, frees memory) => {
        Script::new(concat!(
            "#!lua flags=allow-oom\n",
            include_str!("scripts/common.lua"),
            include_str!(concat!("scripts/", $name))
        ))
    };
}

pub(super) struct Scripts {
    pub(super) begin: Script,
    pub(super) touch: Script,
    pub(super) put: Script,
    pub(super) remove: Script,
    pub(super) delete_login: Script,
    pub(super) clear: Script,
    pub(super) log_in: Script,
    pub(super) end: Script,
    pub(super) logins: Script,
    pub(super) end_logins: Script,
}

impl Scripts {
    pub(super) fn new() -> Self {
        Self {
            begin: script!("begin.lua"),
            touch: script!("touch.lua", frees memory),
            put: script!("put.lua"),
            remove: script!("remove.lua", frees memory),
            delete_login: script!("delete_login.lua", frees memory),
            clear: script!("clear.lua", frees memory),
            log_in: script!("log_in.lua"),
            end: script!("end.lua", frees memory),
            logins: script!("logins.lua", frees memory),
            end_logins: script!("end_logins.lua", frees memory),
        }
    }
}

/// What every script is told first: the time, and what prolongs a session by how much.
pub(super) fn lifetimes_as_arguments(now: i64, lifetimes: Lifetimes) -> [i64; 4] {
    [now, lifetimes.idle_seconds(), lifetimes.absolute_seconds(), lifetimes.worth_prolonging()]
}
