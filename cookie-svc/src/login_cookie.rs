//! The login cookie: who, signed, and since when.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::{
    clock::{Clock, after},
    django::{BadSignature, Freshness, Loaded, ObjectSigner, Salt},
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
        Ok((self.login(username.to_owned(), issued_at), set(value, self.max_age)))
    }

    /// The login that the cookie proves, or why it proves none.
    pub(crate) async fn open(&self, presented: &Presented) -> Result<Result<Login, Denied>, Refusal> {
        self.recall(presented).await.map(|(login, _)| login)
    }

    /// The same, and what the client should hold from now on: a login that a former key signed is signed again, so that
    /// it outlives that key. It stays the same login: made when it was made, and ending when it was to end.
    pub(crate) async fn recall(&self, presented: &Presented) -> Result<(Result<Login, Denied>, Handover), Refusal> {
        let nobody = |denied| Ok((Err(denied), Handover::nothing()));
        let Some(value) = presented.cookie(LOGIN)? else { return nobody(Denied::Missing) };
        let now = self.clock.seconds();
        match self.signer.open::<Payload>(value, Freshness { now, max_age: Some(self.max_age) }) {
            Ok(Loaded { value: Payload { u }, signed_at, signed_again }) => {
                let login = self.login(u, instant(signed_at));
                if self.has_ended(&login).await? {
                    return nobody(Denied::Ended);
                }
                let left = login.expires_at.as_second().saturating_sub(now);
                let left = Duration::from_secs(u64::try_from(left).unwrap_or(0));
                let handover = signed_again.map_or_else(Handover::nothing, |value| set(value, left));
                Ok((Ok(login), handover))
            }
            Err(BadSignature::Malformed) => nobody(Denied::Malformed),
            Err(BadSignature::Forged) => nobody(Denied::Forged),
            Err(BadSignature::Expired) => nobody(Denied::Expired),
            Err(BadSignature::FromTheFuture) => nobody(Denied::FromTheFuture),
        }
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
    let mut name = login.issued_at.as_second().to_string();
    name.push(' ');
    name.push_str(&login.username);
    name
}

fn set(value: String, max_age: Duration) -> Handover {
    Handover::set_cookie(NewCookie { name: LOGIN.to_owned(), value: Secret::new(value), max_age: Some(max_age) })
}

fn instant(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MIN)
}
