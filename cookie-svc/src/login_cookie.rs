//! The login cookie: who, signed, and since when.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::{
    clock::{Clock, after},
    django::{BadSignature, Freshness, ObjectSigner, Salt},
    handover::{Handover, NewCookie},
    keys::Keys,
    login::Login,
    presented::Presented,
    refusal::{Denied, Refusal},
    secret::Secret,
};

/// The name of the cookie; no item may have it.
pub(crate) const LOGIN: &str = "login";

#[derive(Debug)]
pub(crate) struct LoginCookie {
    signer: ObjectSigner,
    clock: Clock,
    max_age: Duration,
}

/// What is signed. Short names: they travel with every request.
#[derive(Serialize, Deserialize)]
struct Payload {
    u: String,
}

impl LoginCookie {
    pub(crate) fn new(keys: &Keys, clock: Clock, max_age: Duration) -> Self {
        Self { signer: ObjectSigner::new(keys.bytes(), Salt(LOGIN)), clock, max_age }
    }

    pub(crate) fn issue(&self, username: &str) -> (Login, Handover) {
        let now = self.clock.now();
        let value =
            self.signer.dumps(&Payload { u: username.to_owned() }, now.as_second()).expect("a string is always JSON");
        let cookie = NewCookie { name: LOGIN.to_owned(), value: Secret::new(value), max_age: Some(self.max_age) };
        (self.login(username.to_owned(), now), Handover::set_cookie(cookie))
    }

    /// The login that the cookie proves, or why it proves none.
    pub(crate) fn open(&self, presented: &Presented) -> Result<Result<Login, Denied>, Refusal> {
        let Some(value) = presented.cookie(LOGIN)? else { return Ok(Err(Denied::Missing)) };
        let fresh = Freshness { now: self.clock.seconds(), max_age: Some(self.max_age) };
        Ok(match self.signer.loads::<Payload>(value, fresh) {
            Ok((Payload { u }, signed_at)) => {
                Ok(self.login(u, Timestamp::from_second(signed_at).unwrap_or(Timestamp::MIN)))
            }
            Err(BadSignature::Malformed) => Err(Denied::Malformed),
            Err(BadSignature::Forged) => Err(Denied::Forged),
            Err(BadSignature::Expired) => Err(Denied::Expired),
            Err(BadSignature::FromTheFuture) => Err(Denied::FromTheFuture),
        })
    }

    fn login(&self, username: String, issued_at: Timestamp) -> Login {
        Login { username, issued_at, expires_at: after(issued_at, self.max_age) }
    }
}
