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
    refusal::{Denied, Refusal, Unavailable},
    revocation::{Revocations, Shown},
    secret::Secret,
};

/// The name of the cookie; no item may have it.
pub(crate) const LOGIN: &str = "login";

#[derive(Debug)]
pub(crate) struct LoginCookie {
    signer: ObjectSigner,
    clock: Clock,
    max_age: Duration,
    revocations: Option<Revocations>,
}

/// What is signed. Short names: they travel with every request.
#[derive(Serialize, Deserialize)]
struct Payload {
    u: String,
}

impl LoginCookie {
    pub(crate) fn new(keys: &Keys, clock: Clock, max_age: Duration, revocations: Option<Revocations>) -> Self {
        Self { signer: ObjectSigner::new(keys.bytes(), Salt(LOGIN)), clock, max_age, revocations }
    }

    pub(crate) fn revocations(&self) -> Option<&Revocations> {
        self.revocations.as_ref()
    }

    pub(crate) async fn issue(&self, username: &str) -> Result<(Login, Handover), Unavailable> {
        let issued_at = match &self.revocations {
            Some(revocations) => instant(revocations.earliest(username).await?),
            None => self.clock.now(),
        };
        let value = self
            .signer
            .dumps(&Payload { u: username.to_owned() }, issued_at.as_second())
            .expect("a string is always JSON");
        let cookie = NewCookie { name: LOGIN.to_owned(), value: Secret::new(value), max_age: Some(self.max_age) };
        Ok((self.login(username.to_owned(), issued_at), Handover::set_cookie(cookie)))
    }

    /// The login that the cookie proves, or why it proves none.
    pub(crate) async fn open(&self, presented: &Presented) -> Result<Result<Login, Denied>, Refusal> {
        let Some(value) = presented.cookie(LOGIN)? else { return Ok(Err(Denied::Missing)) };
        let fresh = Freshness { now: self.clock.seconds(), max_age: Some(self.max_age) };
        Ok(match self.signer.loads::<Payload>(value, fresh) {
            Ok((Payload { u }, signed_at)) => {
                let login = self.login(u, instant(signed_at));
                if self.has_ended(&login).await? { Err(Denied::Ended) } else { Ok(login) }
            }
            Err(BadSignature::Malformed) => Err(Denied::Malformed),
            Err(BadSignature::Forged) => Err(Denied::Forged),
            Err(BadSignature::Expired) => Err(Denied::Expired),
            Err(BadSignature::FromTheFuture) => Err(Denied::FromTheFuture),
        })
    }

    /// Writes down that this login has ended, if that is done at all.
    pub(crate) async fn end(&self, login: &Login) -> Result<(), Unavailable> {
        match &self.revocations {
            Some(revocations) => revocations.end_login(&name(login)).await,
            None => Ok(()),
        }
    }

    async fn has_ended(&self, login: &Login) -> Result<bool, Unavailable> {
        let Some(revocations) = &self.revocations else { return Ok(false) };
        let shown = Shown { account: &login.username, login: &name(login), issued_at: login.issued_at.as_second() };
        revocations.has_ended(shown).await
    }

    fn login(&self, username: String, issued_at: Timestamp) -> Login {
        Login { username, issued_at, expires_at: after(issued_at, self.max_age) }
    }
}

/// What tells this login from others: all that is signed. The same login signed with another key is the same login.
fn name(login: &Login) -> String {
    format!("{} {}", login.issued_at.as_second(), login.username)
}

fn instant(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MIN)
}
