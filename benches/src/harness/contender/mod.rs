//! Who contends, and in what.

mod nulls;
mod peers;
mod services;

use std::sync::LazyLock;

use authlab_results::Family;

use super::{journey::Journey, peer::Program};

/// One server to be measured.
#[derive(Clone, Copy, Debug)]
pub struct Contender {
    pub name: &'static str,
    pub family: Family,
    /// What it is and how it is set, for whoever reads the report.
    pub about: &'static str,
    pub serves: Serves,
    /// Settings of the service, as on its command line.
    pub flags: &'static [&'static str],
    pub store: Store,
    /// How its clients show their credential.
    pub carrier: Carrier,
    /// How its items are sealed, where that can be chosen.
    pub seal: Option<&'static str>,
    pub plays: &'static [Journey],
}

/// What the child process is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Serves {
    /// A handler without layers, which works for some microseconds more.
    Bare {
        more: u64,
    },
    /// All layers, and a mechanism that knows everybody.
    Null,
    Cookie,
    Session,
    Token,
    /// The JWT library as its documentation shows it; and, as a bad habit, with its key read for each request.
    Library {
        algorithm: &'static str,
        key_per_call: bool,
    },
    /// A program of its own, from `peers/`.
    Peer {
        program: Program,
        mode: &'static str,
    },
}

/// Where a contender keeps what it keeps.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Store {
    /// In the client, or in the process.
    None,
    Sqlite,
    Postgres,
    Redis,
}

/// How a credential travels.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Carrier {
    Cookie,
    Bearer,
}

impl Carrier {
    pub fn name(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Bearer => "bearer",
        }
    }
}

/// The one that all others are compared with.
pub const BARE: &str = "bare";
/// A token that is looked up.
const OPAQUE: &str = "--token-kind=opaque";
/// The mode of a peer that answers without asking.
pub const NOTHING: &str = "nothing";

/// In this order in tables; in rounds, in another each time.
pub static CONTENDERS: LazyLock<Vec<&'static Contender>> =
    LazyLock::new(|| [nulls::CONTENDERS, services::CONTENDERS, peers::CONTENDERS].into_iter().flatten().collect());

impl Contender {
    pub fn named(name: &str) -> Option<&'static Self> {
        CONTENDERS.iter().copied().find(|contender| contender.name == name)
    }

    /// Whether it asks who is calling; the nulls answer everybody alike.
    pub fn asks(&self) -> bool {
        !matches!(self.serves, Serves::Bare { .. } | Serves::Null | Serves::Peer { mode: NOTHING, .. })
    }

    pub fn is_a_program(&self) -> bool {
        matches!(self.serves, Serves::Peer { .. })
    }

    /// Whether an item that is written comes back in a new token.
    pub fn hands_out_items(&self) -> bool {
        self.serves == Serves::Token && !self.flags.contains(&OPAQUE)
    }

    /// Whether a use is written down if the one before is a minute old.
    pub fn notes_last_use(&self) -> bool {
        self.serves == Serves::Session || self.flags.contains(&OPAQUE)
    }

    /// How many logins take turns: few enough that who remembers those that it has seen remembers all of them, in whatever they
    /// are doing. A peer's are made over HTTP, one by one.
    pub fn population(&self) -> u32 {
        if self.is_a_program() { 32 } else { 64 }
    }

    /// Whether it is one of the services, which take further commands.
    pub fn is_ours(&self) -> bool {
        matches!(self.serves, Serves::Null | Serves::Cookie | Serves::Session | Serves::Token)
    }
}
