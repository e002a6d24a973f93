//! Security events of accounts and logins. Each is counted in the metrics and logged once.
//!
//! A line holds the event, its result, the time, the client's address and the request id. It names an account only by its id, since
//! users have typed passwords into the field for the username.

use std::net::IpAddr;

use authlab_mechanism::refusal::Denied;

use super::{
    App,
    problem::{Kind, Problem},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Register,
    Login,
    Logout,
    PasswordChange,
    /// One login of an account was ended from another.
    LoginEnded,
    /// All logins of an account were ended.
    LoginsEnded,
    CredentialRefused,
    CrossSiteRefused,
}

impl Event {
    /// The value of a metric's label; one of a fixed set.
    pub fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Login => "login",
            Self::Logout => "logout",
            Self::PasswordChange => "password_change",
            Self::LoginEnded => "login_ended",
            Self::LoginsEnded => "logins_ended",
            Self::CredentialRefused => "credential_refused",
            Self::CrossSiteRefused => "cross_site_refused",
        }
    }
}

impl App {
    /// Records an operation that was carried out or refused.
    pub fn happened(&self, event: Event, from: IpAddr, outcome: Result<Option<i64>, &Problem>) {
        let result = outcome.map_or_else(|problem| problem.kind.slug().unwrap_or("other"), |_| "ok");
        self.note(event, result, Some(from), outcome.ok().flatten());
    }

    /// Records problems that may be signs of an attack.
    pub fn watch_for(&self, problem: &Problem, from: Option<IpAddr>) {
        match (problem.kind, problem.denied) {
            (Kind::NotLoggedIn, Some(denied)) if denied != Denied::Missing => {
                self.note(Event::CredentialRefused, denied.label(), from, None);
            }
            (Kind::BadSignature, _) => self.note(Event::CredentialRefused, "bad_signature", from, None),
            (Kind::CrossSiteRequest, _) => self.note(Event::CrossSiteRefused, "refused", from, None),
            _ => {}
        }
    }

    fn note(&self, event: Event, result: &'static str, from: Option<IpAddr>, account: Option<i64>) {
        self.metrics.event(event, result);
        let from = from.map(tracing::field::display);
        tracing::info!(event = event.name(), result, from, account, "security");
    }
}
