//! An account with a name, a password and its own client address.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use authlab_client::{
    answer::Answer,
    fresh,
    request::Request,
    visitor::{LoginWith, account},
};
use http::HeaderName;
use tokio::time::sleep;

use super::{
    handed::{Handed, Kind},
    instance::Instance,
    password::Password,
};

/// A busy service answers 503 sometimes; more retries than this are a fault.
const MAX_RETRIES: usize = 20;
/// A busy service needs real time to recover.
const RETRY_INTERVAL: Duration = Duration::from_millis(250);

static TOO_BUSY: AtomicU32 = AtomicU32::new(0);

#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) name: String,
    /// Sent as `X-Forwarded-For`, so that failed logins of one account do not throttle others.
    pub(crate) address: String,
}

impl Account {
    pub(crate) fn new(first_name: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let [_, high, middle, low] = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        Self { name: fresh::username(first_name), address: format!("10.{high}.{middle}.{low}") }
    }

    /// Adds the account's client address to the request.
    pub(crate) fn as_sent(&self, request: Request) -> Request {
        request.header(HeaderName::from_static("x-forwarded-for"), &self.address)
    }

    pub(crate) async fn register(&self, at: &Instance) {
        let body = account(&self.name, &Password::FIRST.text());
        let answer = self.answered(at, Request::post("/register").json(&body)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }

    /// Logs in with the first password; panics if the login is refused.
    pub(crate) async fn log_in(&self, kind: Kind, at: &Instance) -> Handed {
        self.log_in_with(kind, at, Password::FIRST).await
    }

    pub(crate) async fn log_in_with(&self, kind: Kind, at: &Instance, password: Password) -> Handed {
        let answer = self.answered(at, self.login(kind, password)).await;
        let handed = Handed::by(&answer);
        handed.unwrap_or_else(|| panic!("{} does not log {} in: {}", at.target, self.name, answer.text()))
    }

    /// The request for a login with this password.
    pub(crate) fn login(&self, kind: Kind, password: Password) -> Request {
        let with = match kind {
            Kind::Jwt => LoginWith::Kind("jwt"),
            Kind::Opaque => LoginWith::Kind("opaque"),
            Kind::Cookie | Kind::Session => LoginWith::Json,
        };
        with.request(&self.name, &password.text()).without_credential()
    }

    /// Sends a request and retries while the answer is 503.
    pub(crate) async fn answered(&self, at: &Instance, request: Request) -> Answer {
        self.answered_at_last(at, request).await.0
    }

    /// Like [`answered`](Self::answered). Also tells whether the request was retried: then a refusal may come from the
    /// first request's effect.
    pub(crate) async fn answered_at_last(&self, at: &Instance, request: Request) -> (Answer, bool) {
        let request = self.as_sent(request);
        let (mut answer, mut retries) = (at.ask(&request).await, 0);
        while answer.status == 503 && retries < MAX_RETRIES {
            retries += 1;
            TOO_BUSY.fetch_add(1, Ordering::Relaxed);
            sleep(RETRY_INTERVAL).await;
            answer = at.ask(&request).await;
        }
        (answer, retries > 0)
    }

    /// Sends a request without retries.
    pub(crate) async fn ask(&self, at: &Instance, request: Request) -> Answer {
        at.ask(&self.as_sent(request)).await
    }

    /// The status that this credential gets, with retries while it is 503.
    pub(crate) async fn status(&self, at: &Instance, handed: &Handed) -> u16 {
        self.answered(at, handed.shown_in(Request::get("/mine"))).await.status
    }

    /// The status that this credential gets, without retries.
    pub(crate) async fn status_at_once(&self, at: &Instance, handed: &Handed) -> u16 {
        self.ask(at, handed.shown_in(Request::get("/mine"))).await.status
    }
}

/// How many 503 were retried, to explain a slow run.
pub(crate) fn too_busy() -> u32 {
    TOO_BUSY.load(Ordering::Relaxed)
}
