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

/// The kind of an event: the value of a label and of a log field, one of a fixed set.
#[derive(Clone, Copy, Debug)]
pub struct Event(&'static str);

impl Event {
    pub const REGISTER: Self = Self("register");
    pub const LOGIN: Self = Self("login");
    pub const LOGOUT: Self = Self("logout");
    pub const PASSWORD_CHANGE: Self = Self("password_change");
    /// One login of an account was ended from another.
    pub const LOGIN_ENDED: Self = Self("login_ended");
    /// All logins of an account were ended.
    pub const LOGINS_ENDED: Self = Self("logins_ended");
    const CREDENTIAL_REFUSED: Self = Self("credential_refused");
    const CROSS_SITE_REFUSED: Self = Self("cross_site_refused");

    pub fn name(self) -> &'static str {
        self.0
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
                self.note(Event::CREDENTIAL_REFUSED, denied.label(), from, None);
            }
            (Kind::BadSignature, _) => self.note(Event::CREDENTIAL_REFUSED, "bad_signature", from, None),
            (Kind::CrossSiteRequest, _) => self.note(Event::CROSS_SITE_REFUSED, "refused", from, None),
            _ => {}
        }
    }

    fn note(&self, event: Event, result: &'static str, from: Option<IpAddr>, account: Option<i64>) {
        self.metrics.event(event, result);
        let from = from.map(tracing::field::display);
        tracing::info!(event = event.name(), result, from, account, "security");
    }
}
