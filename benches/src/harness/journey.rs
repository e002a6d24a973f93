//! The requests of each journey, and the expected answers.

use std::io;

use super::{
    contender::{Carrier, Contender},
    held::Held,
    wire::{Answer, form, request},
};

/// Bytes of the item that is read and written.
pub const ITEM_BYTES: u32 = 64;
/// Accounts that can log in over HTTP.
pub const ACCOUNTS: u32 = 2_000;
/// The cookie for the nulls, which ignore it. It is as long as cookie-svc's login cookie.
const ANY_COOKIE: &str = "Cookie: login=eyJ1IjoidTAwMDAwIn0:1uQ9aB:0123456789abcdefghijklmnopqrstuvwxyzABCDEFG\r\n";

/// A measured kind of request.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Journey {
    Mine,
    Anonymous,
    Forged,
    Expired,
    ItemRead,
    ItemWrite,
    Login,
    Refresh,
    Logout,
    Mix,
}

impl Journey {
    pub fn name(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Anonymous => "anonymous",
            Self::Forged => "forged",
            Self::Expired => "expired",
            Self::ItemRead => "item read",
            Self::ItemWrite => "item write",
            Self::Login => "login",
            Self::Refresh => "refresh",
            Self::Logout => "logout",
            Self::Mix => "mix",
        }
    }

    /// The item sizes of its clients, in bytes.
    pub fn items(self) -> &'static [u32] {
        if matches!(self, Self::ItemRead | Self::ItemWrite) { &[ITEM_BYTES] } else { &[] }
    }

    /// Whether the same logins are used for all requests.
    pub fn uses_a_login(self) -> bool {
        matches!(self, Self::Mine | Self::ItemRead | Self::ItemWrite)
    }

    /// Whether each request uses up its credential.
    pub fn spends(self) -> bool {
        matches!(self, Self::Logout | Self::Refresh)
    }

    /// The status of every answer.
    pub fn expected(self, contender: &Contender) -> &'static str {
        match self {
            Self::Anonymous | Self::Forged | Self::Expired => "401",
            Self::ItemWrite if contender.hands_out_items() => "200",
            Self::ItemWrite | Self::Logout => "204",
            Self::Mine | Self::ItemRead | Self::Login | Self::Refresh | Self::Mix => "200",
        }
    }

    /// The request of a client with these credentials; a login is of the first account.
    pub fn request(self, contender: &Contender, carrier: Carrier, held: &Held) -> String {
        let credential = if contender.asks() { held.header(carrier) } else { ANY_COOKIE.to_owned() };
        match self {
            Self::Anonymous => request("GET", "/mine", "", ""),
            Self::Login => log_in(0),
            Self::Refresh => refresh(held.refresh.as_deref().unwrap_or_default()),
            Self::Logout => request("POST", "/logout", &credential, ""),
            Self::ItemRead => request("GET", &reading(contender), &credential, ""),
            Self::ItemWrite => request("PUT", "/items/note", &credential, &written(contender)),
            Self::Mine | Self::Forged | Self::Expired | Self::Mix => request("GET", "/mine", &credential, ""),
        }
    }
}

/// The login request of an account.
pub fn log_in(account: u32) -> String {
    request("POST", "/login", "", &credentials(account))
}

/// The request that registers an account.
pub fn register(account: u32) -> String {
    request("POST", "/register", "", &credentials(account))
}

fn credentials(account: u32) -> String {
    format!(r#"{{"username":"{}","password":"correct horse battery staple"}}"#, username(account))
}

fn refresh(refresh_token: &str) -> String {
    form("/token", "", &format!("grant_type=refresh_token&refresh_token={refresh_token}"))
}

/// Six characters each, so that all credentials have the same length.
pub fn username(account: u32) -> String {
    format!("u{account:05}")
}

fn reading(contender: &Contender) -> String {
    contender.seal.map_or_else(|| "/items/note".to_owned(), |seal| format!("/items/note?seal={seal}"))
}

fn written(contender: &Contender) -> String {
    let seal = contender.seal.map_or_else(String::new, |seal| format!(r#""seal":"{seal}","#));
    format!(r#"{{{seal}"value":"{}"}}"#, "x".repeat(ITEM_BYTES as usize))
}

/// A sequence of requests on some connections.
#[derive(Clone, Debug)]
pub enum Play {
    /// The same requests in turn, on any free connection.
    Turns { requests: Vec<String>, next: usize, expected: &'static str },
    /// A client per connection, which makes one visit after another.
    Visits { visitors: Vec<Visitor>, accounts: u32, contender: &'static Contender },
}

/// A client during its visit.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    account: u32,
    held: Held,
    step: usize,
}

/// A visit: 1 login, 50 reads, 5 writes between them, 1 logout.
const READS_BETWEEN_WRITES: usize = 10;
pub const VISIT: usize = 1 + 5 * (READS_BETWEEN_WRITES + 1) + 1;

impl Visitor {
    fn journey(&self) -> Journey {
        match self.step {
            0 => Journey::Login,
            last if last == VISIT - 1 => Journey::Logout,
            step if step.is_multiple_of(READS_BETWEEN_WRITES + 1) => Journey::ItemWrite,
            _ => Journey::Mine,
        }
    }

    fn of(account: u32) -> Self {
        Self { account: account % ACCOUNTS, ..Self::default() }
    }

    fn request(&self, contender: &Contender) -> String {
        match self.journey() {
            Journey::Login => log_in(self.account),
            other => other.request(contender, contender.carrier, &self.held),
        }
    }

    /// Whether the visit is over.
    fn hear(&mut self, answer: &Answer) -> bool {
        self.held.hear(answer);
        self.step += 1;
        self.step == VISIT
    }
}

impl Play {
    pub fn turns(requests: Vec<String>, expected: &'static str) -> Self {
        Self::Turns { requests, next: 0, expected }
    }

    /// Each visit uses another account. Two logins of one account within a second may be one credential, and a logout
    /// would end both.
    pub fn visits(contender: &'static Contender, lanes: u32) -> Self {
        Self::Visits { visitors: (0..lanes).map(Visitor::of).collect(), accounts: lanes, contender }
    }

    /// The next request of this connection.
    pub fn next(&mut self, lane: usize) -> String {
        match self {
            Self::Turns { requests, next, .. } => {
                let turn = *next;
                *next = (turn + 1) % requests.len();
                requests[turn].clone()
            }
            Self::Visits { visitors, contender, .. } => visitors[lane].request(contender),
        }
    }

    /// Checks the answer, and stores its credentials.
    pub fn hear(&mut self, lane: usize, answer: &Answer) -> io::Result<()> {
        let expected = match self {
            Self::Turns { expected, .. } => *expected,
            Self::Visits { visitors, contender, .. } => visitors[lane].journey().expected(contender),
        };
        answer.expect(expected)?;
        if let Self::Visits { visitors, accounts, .. } = self
            && visitors[lane].hear(answer)
        {
            visitors[lane] = Visitor::of(*accounts);
            *accounts += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Journey, VISIT, Visitor};

    #[test]
    fn a_visit_is_a_login_fifty_reads_five_writes_and_a_logout() {
        let journeys: Vec<Journey> = (0..VISIT).map(|step| Visitor { step, ..Visitor::default() }.journey()).collect();
        let count = |journey| journeys.iter().filter(|found| **found == journey).count();
        assert_eq!((count(Journey::Login), count(Journey::Mine), count(Journey::ItemWrite)), (1, 50, 5));
        assert_eq!((journeys[0], journeys[VISIT - 1]), (Journey::Login, Journey::Logout));
    }
}
