//! What happened to accounts and logins: each counted, and written into the log once.
//!
//! A line tells what, how it ended, when, from where and in which request. Of whom, only the id of an account: in the place
//! of a name people have typed their passwords.

use std::net::IpAddr;

use super::{
    App,
    problem::{Kind, Problem},
};
use authlab_mechanism::refusal::Denied;

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
    /// A label for metrics: a closed set.
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
    /// It was asked for, and carried out or refused.
    pub fn happened(&self, event: Event, from: IpAddr, outcome: Result<Option<i64>, &Problem>) {
        let result = outcome.map_or_else(|problem| problem.kind.slug().unwrap_or("other"), |_| "ok");
        self.note(event, result, Some(from), outcome.ok().flatten());
    }

    /// What of a problem is of interest to whoever watches for attacks.
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
