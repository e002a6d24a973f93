//! `SESSION_CACHE`: a second cookie says for some seconds who is logged in, so that `/verify` need not ask the store.
//!
//! The cookie is signed. The id of a login is the digest of its session id, and the cookie counts only next to that session id. It holds
//! the identity and nothing else. Items always come from the store, so a cached copy never hides a write (docs/decisions/0014). Each ending
//! is written to the feed, and the cookie's login is looked up there.

use std::time::Duration;

use authlab_clock::instant;
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
    /// The same for a request that counts as a use: shorter if the store must record it or prolong the session earlier.
    for_uses: Duration,
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
    /// The cookie is named after the session's, so that a `__Host-` prefix applies to both. Deployments with one key do not accept the
    /// cookies of each other. A request that counts as a use asks the store after `use_interval`.
    pub(crate) fn new(
        keys: &Keys,
        (deployment, session_cookie): (&str, &str),
        (lifetime, use_interval): (Duration, Duration),
        started_at: i64,
    ) -> Self {
        let signer = ObjectSigner::new(keys.bytes(), Salt(&format!("session-cache {deployment}")));
        let for_uses = lifetime.min(use_interval);
        Self { signer, name: format!("{session_cookie}-cache"), lifetime, for_uses, started_at }
    }

    /// The session of this id as the client's cookie describes it: with its login and without items. `None` if the cookie is missing, too old,
    /// forged, or belongs to another session. With `counts`, the request is a use of the session.
    pub(crate) fn read(&self, presented: &Presented, id: &SessionId, counts: bool, now: Timestamp) -> Option<Session> {
        let max_age = Some(if counts { self.for_uses } else { self.lifetime });
        let (session, signed_at) = self.open(presented, id, Freshness { now: now.as_second(), max_age })?;
        (self.started_at < signed_at && now < session.expires_at).then_some(session)
    }

    /// The same from a cookie of any age: a login that ends must end for every clock.
    pub(crate) fn read_at_any_time(&self, presented: &Presented, id: &SessionId) -> Option<Session> {
        self.open(presented, id, Freshness::ANY_TIME).map(|(session, _)| session)
    }

    /// The session, and when the cookie was signed.
    fn open(&self, presented: &Presented, id: &SessionId, fresh: Freshness) -> Option<(Session, i64)> {
        let signed = presented.credential(&self.name)?;
        let (payload, signed_at) = self.signer.loads::<Payload>(signed, fresh).ok()?;
        let Payload { login_id, username, account, generation, issued_at, expires_at } = payload;
        let login_id = LoginId(login_id);
        if login_id != id.digest().login_id() {
            return None;
        }
        let mut session = Session::new(instant(signed_at), instant(expires_at));
        session.begin_login(SessionLogin {
            id: login_id,
            account: Account { id: account, username, generation },
            device: Device::default(),
            issued_at: instant(issued_at),
        });
        Some((session, signed_at))
    }

    /// The cookie for a session that the store held at `now`, unless the client has one that is fresh. None for a session without a login, and
    /// for a login that began under another session id: Django changes the id of a session.
    pub(crate) fn set(
        &self,
        presented: &Presented,
        (id, session): (&SessionId, &Session),
        now: Timestamp,
    ) -> Option<CookieChange> {
        let SessionLogin { id: login_id, account, issued_at, .. } = session.login.as_ref()?;
        if *login_id != id.digest().login_id() || self.read(presented, id, true, now).is_some() {
            return None;
        }
        let payload = Payload {
            login_id: login_id.0.clone(),
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

    const KEY: &str = "a key of 32 bytes and more, for tests alone";

    fn cache(key: &str, deployment: &str, started_at: i64) -> SessionCache {
        let keys = Keys::new(Secret::new(key), Vec::new()).unwrap();
        let times = (Duration::from_mins(1), Duration::from_secs(20));
        SessionCache::new(&keys, (deployment, "sessionid"), times, started_at)
    }

    #[test]
    fn a_cookie_counts_for_its_own_session_for_its_time_and_under_its_key() {
        let (cache, id, nobody) = (cache(KEY, "one", 999), SessionId::random(), Presented::default());
        let account = Account { id: 7, username: "zoë".to_owned(), generation: 3 };
        let mut session = Session::new(at(1_000), at(1_050));
        assert!(cache.set(&nobody, (&id, &session), at(1_000)).is_none(), "nobody is logged in");
        session.begin_login(SessionLogin::begin(&id, &account, &Device::default(), at(900)));
        let other_id = SessionId::random();
        assert!(cache.set(&nobody, (&other_id, &session), at(1_000)).is_none(), "the session has another id by now");
        let Some(CookieChange::Set(cookie)) = cache.set(&nobody, (&id, &session), at(1_000)) else {
            panic!("no cookie")
        };
        let browser = Presented::new(vec![(cookie.name, cookie.value)], None, None);

        let read = |cache: &SessionCache, id, seconds| cache.read(&browser, id, false, at(seconds));
        let found = read(&cache, &id, 1_049).unwrap();
        assert_eq!(found.identity(), session.identity());
        assert_eq!(found.login.unwrap().account, account);
        assert!(read(&cache, &id, 1_050).is_none(), "the session has ended");
        assert!(read(&cache, &id, 900).is_none(), "the cookie is from the future");
        assert!(read(&cache, &other_id, 1_001).is_none(), "another session");
        assert!(cache.read(&nobody, &id, false, at(1_001)).is_none(), "no cookie");
        for (other, what) in [
            (self::cache("another key of 32 bytes and more, for tests", "one", 0), "another key"),
            (self::cache(KEY, "two", 0), "another deployment"),
            (self::cache(KEY, "one", 1_000), "signed before the instance started"),
        ] {
            assert!(read(&other, &id, 1_001).is_none(), "{what}");
        }
        assert!(cache.read_at_any_time(&browser, &id).is_some(), "it ends for every clock");

        assert!(cache.read(&browser, &id, true, at(1_020)).is_some());
        assert!(
            cache.read(&browser, &id, true, at(1_021)).is_none(),
            "a use must reach the store before the session is prolonged"
        );
        assert!(cache.set(&browser, (&id, &session), at(1_020)).is_none(), "the client has a fresh one");
        assert!(cache.set(&browser, (&id, &session), at(1_021)).is_some());
    }
}
