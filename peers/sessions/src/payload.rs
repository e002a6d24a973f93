//! The content of a session, the same in every store.

use std::io;

/// 16 bytes, such as a setting or a small cart.
pub const ITEM: (&str, &str) = ("theme", "0123456789abcdef");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    Login,
    LoginAndItem,
}

impl Payload {
    pub const ALL: [Self; 2] = [Self::Login, Self::LoginAndItem];

    pub fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::LoginAndItem => "item",
        }
    }

    pub fn named(name: &str) -> io::Result<Self> {
        let found = Self::ALL.into_iter().find(|payload| payload.name() == name);
        found.ok_or_else(|| io::Error::other("no payload of this name"))
    }

    pub fn described(self) -> &'static str {
        match self {
            Self::Login => "A login: an account's number, a name of ten characters, when it began.",
            Self::LoginAndItem => "A login, and one item: `theme`, 16 bytes.",
        }
    }
}

pub fn username(account: usize) -> String {
    format!("user{account:06}")
}
