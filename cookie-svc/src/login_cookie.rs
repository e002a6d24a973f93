//! The login cookie: signs, opens and ends logins.

use std::time::Duration;

use authlab_clock::{Clock, instant, whole_seconds};
use authlab_django_signing::{BadSignature, Freshness, Loaded, ObjectSigner, Salt};
use authlab_endings::{Endings, Shown};
use authlab_mechanism::{
    handover::{Handover, NewCookie},
    login::{Account, Identity, Login, LoginId},
    presented::Presented,
    refusal::{Denied, Refusal, Unavailable},
};
use authlab_secrets::{Secret, keys::Keys, random};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::payload::Payload;

/// The name of the cookie; no item may have it.
pub(crate) const LOGIN: &str = "login";
/// Seconds for which the ending of a cookie of version 0.1 is kept. Such a cookie carries no end, and no browser keeps one for longer
/// (RFC 6265bis §5.5).
const MAX_COOKIE_LIFETIME: i64 = 400 * 86_400;
/// Random bytes that distinguish logins of the same second.
const NONCE_LENGTH: usize = 8;

#[derive(Debug)]
pub(crate) struct LoginCookie {
    signer: ObjectSigner,
    clock: Clock,
    max_age: Duration,
    pub(crate) endings: Option<Endings>,
}

/// A login that a cookie proves.
#[derive(Clone, Debug)]
pub(crate) struct CookieLogin {
    pub(crate) login: Login,
    /// `None` for a cookie of version 0.1.
    account: Option<i64>,
    generation: i64,
    /// Distinguishes this login from others of its account.
    id: String,
    /// The end in the cookie, in seconds since the epoch.
    carried_end: i64,
}

impl LoginCookie {
    pub(crate) fn new(keys: &Keys, clock: Clock, max_age: Duration, endings: Option<Endings>) -> Self {
        Self { signer: ObjectSigner::new(keys.bytes(), Salt(LOGIN)), clock, max_age, endings }
    }

    /// A new login of the account, unless its password was changed meanwhile.
    pub(crate) async fn issue(&self, account: &Account) -> Result<(Login, Handover), Refusal> {
        if let Some(endings) = &self.endings
            && !endings.stands(account).await?
        {
            return Err(Refusal::PasswordReplaced);
        }
        let issued_at = self.clock.seconds();
        let payload = Payload {
            username: account.username.clone(),
            account: Some(account.id),
            generation: account.generation,
            nonce: URL_SAFE_NO_PAD.encode(random::bytes::<NONCE_LENGTH>()),
            end: Some(issued_at.saturating_add(whole_seconds(self.max_age))),
        };
        let value = self.signer.dumps(&payload, issued_at).expect("texts and numbers are always JSON");
        Ok((self.read(payload, issued_at).login, set(value, self.max_age)))
    }

    /// The login that the cookie proves, or why there is none.
    pub(crate) async fn open(&self, presented: &Presented) -> Result<Result<CookieLogin, Denied>, Refusal> {
        self.recall(presented).await.map(|(login, _)| login)
    }

    /// As [`open`](Self::open), with a new cookie if a former key signed the old one, so that the login survives the removal of that key.
    /// Issue time and end stay the same.
    pub(crate) async fn recall(
        &self,
        presented: &Presented,
    ) -> Result<(Result<CookieLogin, Denied>, Handover), Refusal> {
        let no_login = |denied| Ok((Err(denied), Handover::nothing()));
        let Some(value) = presented.credential(LOGIN) else { return no_login(Denied::Missing) };
        let now = self.clock.seconds();
        let (login, signed_again) = match self.genuine(value, Freshness { now, max_age: Some(self.max_age) }) {
            Ok(genuine) => genuine,
            Err(error) => return no_login(denied(error)),
        };
        if now > login.carried_end {
            return no_login(Denied::Expired);
        }
        if let Some(endings) = &self.endings
            && endings.has_ended(login.shown(), now).await?
        {
            return no_login(Denied::Ended);
        }
        let left = login.login.expires_at.as_second().saturating_sub(now);
        let left = Duration::from_secs(u64::try_from(left).unwrap_or(0));
        let handover = signed_again.map_or_else(Handover::nothing, |value| set(value, left));
        Ok((Ok(login), handover))
    }

    /// Every login in a genuine cookie whose own end has not passed: a logout ends all of them. This includes logins that are too old by
    /// the setting, or ahead of this machine's clock, since another setting or clock may accept them.
    pub(crate) fn all(&self, presented: &Presented) -> Vec<CookieLogin> {
        let now = self.clock.seconds();
        let shown = presented.credentials(LOGIN).into_iter();
        let genuine = shown.filter_map(|value| self.genuine(value, Freshness::ANY_TIME).ok()).map(|(login, _)| login);
        genuine.filter(|login| now <= login.carried_end).collect()
    }

    /// The username in the cookie, even if its login has ended. `None` if this service did not sign the cookie.
    pub(crate) fn owner(&self, presented: &Presented) -> Option<String> {
        let value = presented.credential(LOGIN)?;
        self.genuine(value, Freshness::ANY_TIME).ok().map(|(login, _)| login.login.username)
    }

    /// Records that this login has ended, if endings are configured.
    pub(crate) async fn end(&self, login: &CookieLogin) -> Result<(), Unavailable> {
        let Some(endings) = &self.endings else { return Ok(()) };
        endings.end_login(login.shown(), login.carried_end).await
    }

    pub(crate) async fn account(&self, login: &CookieLogin) -> Result<Account, Refusal> {
        let username = &login.login.username;
        if let Some(id) = login.account {
            return Ok(Account { id, username: username.clone(), generation: login.generation });
        }
        let ended = || Refusal::NotLoggedIn(Denied::Ended);
        self.endings.as_ref().ok_or_else(ended)?.account_named(username).await?.ok_or_else(ended)
    }

    /// The ids of the login. A cookie of version 0.1 or of Django names no account, so its account is looked up by the name. 401 if no account
    /// has this name: programs that know users by id would take this one for another.
    pub(crate) async fn identity(&self, login: CookieLogin) -> Result<Identity, Refusal> {
        let account = self.account(&login).await?.id;
        Ok(Identity { login_id: LoginId(login.id), login: login.login, account })
    }

    fn genuine(&self, value: &str, fresh: Freshness) -> Result<(CookieLogin, Option<String>), BadSignature> {
        let Loaded { value: payload, signed_at, signed_again } = self.signer.open::<Payload>(value, fresh)?;
        Ok((self.read(payload, signed_at), signed_again))
    }

    /// The login ends at the cookie's own end, or `max_age` after its stamp if that is earlier: a raised setting never prolongs an issued
    /// cookie.
    fn read(&self, payload: Payload, issued_at: i64) -> CookieLogin {
        let Payload { username, account, generation, nonce, end } = payload;
        let by_age = issued_at.saturating_add(whole_seconds(self.max_age));
        let expires_at = end.map_or(by_age, |end| end.min(by_age));
        let id = if nonce.is_empty() { format!("{issued_at} {username}") } else { nonce };
        let login = Login { username, issued_at: instant(issued_at), expires_at: instant(expires_at) };
        let carried_end = end.unwrap_or(issued_at.saturating_add(MAX_COOKIE_LIFETIME));
        CookieLogin { login, account, generation, id, carried_end }
    }
}

impl CookieLogin {
    pub(crate) fn shown(&self) -> Shown<'_> {
        Shown {
            account: self.account,
            generation: self.generation,
            login: &self.id,
            username: &self.login.username,
            issued_at: self.login.issued_at.as_second(),
        }
    }
}

fn denied(error: BadSignature) -> Denied {
    match error {
        BadSignature::Malformed => Denied::Malformed,
        BadSignature::Forged => Denied::Forged,
        BadSignature::Expired => Denied::Expired,
        BadSignature::FromTheFuture => Denied::FromTheFuture,
    }
}

fn set(value: String, max_age: Duration) -> Handover {
    Handover::set_cookie(NewCookie { name: LOGIN.to_owned(), value: Secret::new(value), max_age: Some(max_age) })
}
