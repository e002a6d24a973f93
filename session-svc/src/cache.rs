//! `SESSION_CACHE`: a second cookie says for some seconds who is logged in, so that `/verify` need not ask the store.
//!
//! The cookie is signed. The id of a login is the digest of its session id, and the cookie counts only next to that session id. It holds
//! the identity and nothing else. Items always come from the store, so a cached copy never hides a write (docs/decisions/0014). Each ending
//! is written to the feed ([`ending`](crate::ending)), and the cookie's login is looked up there.

use std::time::Duration;

use authlab_clock::{instant, whole_seconds};
use authlab_django_signing::{Freshness, ObjectSigner, Salt};
use authlab_mechanism::{
    handover::{CookieChange, NewCookie},
    login::{Account, Device, LoginId},
    presented::Presented,
};
use authlab_secrets::{Secret, keys::Keys};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    id::SessionId,
    session::{Session, SessionLogin},
};

#[derive(Debug)]
pub(crate) struct SessionCache {
    signer: ObjectSigner,
    name: String,
    pub(crate) lifetime: Duration,
    /// When this instance started, in seconds since the epoch. Older cookies do not count: before the start the setting may have been off, and
    /// endings of that time are in the store only.
    started_at: i64,
}

/// Names of one letter, since the cookie is sent with every request. Instants are seconds since the epoch.
#[derive(Serialize, Deserialize)]
struct Payload {
    #[serde(rename = "i")]
    login_id: String,
    #[serde(rename = "u")]
    username: String,
    #[serde(rename = "a")]
    account: i64,
    #[serde(rename = "g")]
    generation: i64,
    #[serde(rename = "b")]
    issued_at: i64,
    #[serde(rename = "e")]
    expires_at: i64,
}

impl SessionCache {
    /// The cookie is named after the session's, so that a `__Host-` prefix applies to both.
    pub(crate) fn new(keys: &Keys, session_cookie: &str, lifetime: Duration, started_at: i64) -> Self {
        let signer = ObjectSigner::new(keys.bytes(), Salt("session-cache"));
        Self { signer, name: format!("{session_cookie}-cache"), lifetime, started_at }
    }

    /// The session of this id as the client's cookie describes it: with its login and without items. `None` if the cookie is missing, too old,
    /// forged, or belongs to another session.
    pub(crate) fn read(&self, presented: &Presented, id: &SessionId, now: Timestamp) -> Option<Session> {
        let signed = presented.credential(&self.name)?;
        let fresh = Freshness { now: now.as_second(), max_age: Some(self.lifetime) };
        let (payload, signed_at) = self.signer.loads::<Payload>(signed, fresh).ok()?;
        let login_id = LoginId(payload.login_id);
        let in_time = self.started_at < signed_at && now.as_second() < payload.expires_at;
        if !in_time || login_id != id.digest().login_id() {
            return None;
        }
        let Payload { username, account, generation, issued_at, expires_at, .. } = payload;
        let mut session = Session::new(now, instant(expires_at));
        session.begin_login(SessionLogin {
            id: login_id,
            account: Account { id: account, username, generation },
            device: Device::default(),
            issued_at: instant(issued_at),
        });
        Some(session)
    }

    /// The cookie for a session that the store held at `now`; none for a session without a login.
    pub(crate) fn set(&self, session: &Session, now: Timestamp) -> Option<CookieChange> {
        let SessionLogin { id, account, issued_at, .. } = session.login.as_ref()?;
        let payload = Payload {
            login_id: id.0.clone(),
            username: account.username.clone(),
            account: account.id,
            generation: account.generation,
            issued_at: issued_at.as_second(),
            expires_at: session.expires_at.as_second(),
        };
        let signed = self.signer.dumps(&payload, now.as_second()).expect("texts and numbers are always JSON");
        let cookie = NewCookie { name: self.name.clone(), value: Secret::new(signed), max_age: Some(self.lifetime) };
        Some(CookieChange::Set(cookie))
    }

    /// Deletes the cookie, if the client has one.
    pub(crate) fn delete(&self, presented: &Presented) -> Option<CookieChange> {
        presented.shows(&self.name).then(|| CookieChange::Delete(self.name.clone()))
    }

    /// Until when the feed must name a login that ends at `now`, in seconds since the epoch. The clock of another instance may be ahead.
    pub(crate) fn named_until(&self, now: i64) -> i64 {
        const CLOCKS_DIFFER: i64 = 3_600;
        now.saturating_add(whole_seconds(self.lifetime)).saturating_add(CLOCKS_DIFFER)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use authlab_mechanism::{
        handover::CookieChange,
        login::{Account, Device},
        presented::Presented,
    };
    use authlab_secrets::{Secret, keys::Keys};
    use jiff::Timestamp;

    use super::SessionCache;
    use crate::{
        id::SessionId,
        session::{Session, SessionLogin},
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn cache(key: &str, started_at: i64) -> SessionCache {
        let keys = Keys::new(Secret::new(key), Vec::new()).unwrap();
        SessionCache::new(&keys, "sessionid", Duration::from_mins(1), started_at)
    }

    #[test]
    fn a_cookie_counts_for_its_own_session_for_its_time_and_under_its_key() {
        let (cache, id) = (cache("a key of 32 bytes and more, for tests alone", 999), SessionId::random());
        let account = Account { id: 7, username: "zoë".to_owned(), generation: 3 };
        let mut session = Session::new(at(1_000), at(1_050));
        assert!(cache.set(&session, at(1_000)).is_none(), "nobody is logged in");
        session.begin_login(SessionLogin::begin(&id, &account, &Device::default(), at(900)));
        let Some(CookieChange::Set(cookie)) = cache.set(&session, at(1_000)) else { panic!("no cookie") };
        let browser = Presented::new(vec![(cookie.name, cookie.value)], None, None);

        let found = cache.read(&browser, &id, at(1_049)).unwrap();
        assert_eq!(found.identity(), session.identity());
        assert_eq!(found.login.unwrap().account, account);
        assert!(cache.read(&browser, &id, at(1_050)).is_none(), "the session has ended");
        assert!(cache.read(&browser, &id, at(1_061)).is_none(), "the cookie is too old");
        assert!(cache.read(&browser, &SessionId::random(), at(1_001)).is_none(), "another session");
        assert!(cache.read(&Presented::default(), &id, at(1_001)).is_none());
        let other = self::cache("another key of 32 bytes and more, for tests", 0);
        assert!(other.read(&browser, &id, at(1_001)).is_none(), "another key");
        let later = self::cache("a key of 32 bytes and more, for tests alone", 1_000);
        assert!(later.read(&browser, &id, at(1_001)).is_none(), "signed before the instance started");
    }
}
