//! The contenders, and their settings.

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
    /// Its description for the report.
    pub about: &'static str,
    pub serves: Serves,
    /// Settings of the service, as on its command line.
    pub flags: &'static [&'static str],
    pub store: Store,
    /// How its clients send the credential.
    pub carrier: Carrier,
    /// The seal of its items, if the service has several.
    pub seal: Option<&'static str>,
    pub plays: &'static [Journey],
}

/// What the child process serves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Serves {
    /// A handler without layers, with some microseconds of additional work.
    Bare {
        more: u64,
    },
    /// All layers, and a mechanism that accepts every request.
    Null,
    Cookie,
    Session,
    Token,
    /// The JWT library as in its documentation; as a measurement mistake, with the key parsed for each request.
    Library {
        algorithm: &'static str,
        key_per_call: bool,
    },
    /// The release binary of a service, started by its command line.
    Shipped(&'static str),
    /// A program from `peers/`.
    Peer {
        program: Program,
        mode: &'static str,
    },
}

/// The store of a contender.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Store {
    /// In the client, or in the service's process.
    None,
    Sqlite,
    Postgres,
    Redis,
}

/// How a credential is sent.
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

/// The binaries of the services.
const COOKIE: &str = "cookie-svc";
const SESSION: &str = "session-svc";
const TOKEN: &str = "token-svc";
/// The contender that all others are compared with.
pub const BARE: &str = "bare";
/// A token that is looked up in the database.
const OPAQUE: &str = "--token-kind=opaque";
/// The mode of a peer that answers without checking a credential.
pub const NOTHING: &str = "nothing";

/// In the order of the tables; each round has a random order.
pub static CONTENDERS: LazyLock<Vec<&'static Contender>> =
    LazyLock::new(|| [nulls::CONTENDERS, services::CONTENDERS, peers::CONTENDERS].into_iter().flatten().collect());

impl Contender {
    /// A contender with a cookie and without a store. It plays `mine` only.
    const fn new(name: &'static str, family: Family, serves: Serves) -> Self {
        let (store, carrier) = (Store::None, Carrier::Cookie);
        Self { name, family, about: "", serves, flags: &[], store, carrier, seal: None, plays: &[Journey::Mine] }
    }

    const fn about(self, about: &'static str) -> Self {
        Self { about, ..self }
    }

    const fn flags(self, flags: &'static [&'static str]) -> Self {
        Self { flags, ..self }
    }

    const fn store(self, store: Store) -> Self {
        Self { store, ..self }
    }

    const fn bearer(self) -> Self {
        Self { carrier: Carrier::Bearer, ..self }
    }

    const fn seal(self, seal: &'static str) -> Self {
        Self { seal: Some(seal), ..self }
    }

    const fn plays(self, plays: &'static [Journey]) -> Self {
        Self { plays, ..self }
    }

    pub fn named(name: &str) -> Option<&'static Self> {
        CONTENDERS.iter().copied().find(|contender| contender.name == name)
    }

    /// Whether it checks the credential; the nulls answer every request alike.
    pub fn asks(&self) -> bool {
        !matches!(self.serves, Serves::Bare { .. } | Serves::Null | Serves::Peer { mode: NOTHING, .. })
    }

    /// Whether it is a program that is built separately, and left out if it is not built.
    pub fn is_a_program(&self) -> bool {
        self.is_a_peer() || matches!(self.serves, Serves::Shipped(_))
    }

    pub fn is_a_peer(&self) -> bool {
        matches!(self.serves, Serves::Peer { .. })
    }

    /// Whether a new token carries the written item.
    pub fn hands_out_items(&self) -> bool {
        matches!(self.serves, Serves::Token | Serves::Shipped(TOKEN)) && !self.flags.contains(&OPAQUE)
    }

    /// Whether the service writes the time of the last use, once it is a minute old.
    pub fn notes_last_use(&self) -> bool {
        matches!(self.serves, Serves::Session | Serves::Shipped(SESSION)) || self.flags.contains(&OPAQUE)
    }

    /// The number of logins that take turns. It is small enough that a server that caches logins caches all of them. A
    /// program's logins are made over HTTP, one by one.
    pub fn population(&self) -> u32 {
        if self.is_a_program() { 32 } else { 64 }
    }

    /// Whether it is one of the services, which accept further commands.
    pub fn is_ours(&self) -> bool {
        matches!(self.serves, Serves::Null | Serves::Cookie | Serves::Session | Serves::Token)
    }
}
