//! Scripts: each is one command, so no other client sees a partial change.

use redis::{Cmd, ToRedisArgs, cmd};

/// A script, and the digest by which Redis knows it after the first run.
#[derive(Debug)]
pub struct Script {
    text: &'static str,
    digest: String,
}

impl Script {
    /// `text` starts with `#!lua` (Redis 7).
    pub fn new(text: &'static str) -> Self {
        Self { text, digest: redis::Script::new(text).get_hash().to_owned() }
    }

    /// With its first key, which decides the node of a cluster that runs it.
    pub fn on(&self, key: &[u8]) -> Invocation<'_> {
        Invocation { script: self, keys: vec![key.to_vec()], arguments: Vec::new() }
    }
}

/// A script with its keys and arguments. The library's version would load a missing script into each node of a cluster, which fails if
/// one node is down. Here the script is sent to the node that runs it.
#[derive(Debug)]
pub struct Invocation<'s> {
    script: &'s Script,
    keys: Vec<Vec<u8>>,
    arguments: Vec<Vec<u8>>,
}

impl Invocation<'_> {
    /// Adds a key of the same slot.
    pub fn key(&mut self, key: &[u8]) -> &mut Self {
        self.keys.push(key.to_vec());
        self
    }

    /// Adds an argument.
    pub fn arg(&mut self, argument: impl ToRedisArgs) -> &mut Self {
        argument.write_redis_args(&mut self.arguments);
        self
    }

    pub(super) fn by_digest(&self) -> Cmd {
        self.command("EVALSHA", &self.script.digest)
    }

    pub(super) fn in_full(&self) -> Cmd {
        self.command("EVAL", self.script.text)
    }

    fn command(&self, name: &str, script: &str) -> Cmd {
        let mut command = cmd(name);
        command.arg(script).arg(self.keys.len()).arg(&self.keys).arg(&self.arguments);
        command
    }
}
