//! The seam: a mechanism remembers who is logged in.
//!
//! After a correct password, a mechanism gives the client a credential. Later it resolves the presented credential to a login. It also keeps a
//! few items for the client. A mechanism never sees a header, a route, a password or a page: HTTP is in `authlab-web`, accounts are in
//! `authlab-accounts`.
//!
//! # The methods
//!
//! | method | called for | must be |
//! |---|---|---|
//! | [`recall`](Mechanism::recall) | `GET /mine`, `GET /items` and every page | fast: this is the hot path |
//! | [`verify`](Mechanism::verify) | `/verify`, which a gateway asks at every request of an application | as fast, and silent unless the gateway passes cookies on |
//! | [`login`](Mechanism::login) | `POST /login`, after the password was correct | never adopt a value that the client chose |
//! | [`replace_login`](Mechanism::replace_login) | `POST /password`, after the new password was stored | end the other logins, if it can |
//! | [`logout`](Mechanism::logout) | `POST /logout` | idempotent: without a valid credential, the client is already logged out |
//! | [`partial_logout`](Mechanism::partial_logout) | `POST /logout?how=…` | exact: it reports what it left |
//! | [`item`](Mechanism::item), [`put_item`](Mechanism::put_item), [`remove_items`](Mechanism::remove_items) | `/items…` | one item at a time, so that parallel writes can both survive |
//! | [`record`](Mechanism::record) | `GET /mine/record` | honest about what the server keeps |
//!
//! Each method takes [`Presented`], everything that the client presented, and not a login that was found before. One request is one method call, so
//! a mechanism with a store can answer in one round trip. A method that may change what the client holds returns a [`Handover`]. The caller
//! decides how the handover travels: as a cookie, in the body, or both.
//!
//! # Failures
//!
//! * A missing, unknown, changed, expired or ended credential is no error. It is a reason, [`Denied`](crate::refusal::Denied). `recall` returns it as
//!   a value, since an anonymous client may have items.
//! * A store that cannot be reached is always [`Refusal::Unavailable`]. A client must never be told that it is logged out because a server is
//!   down, or that a logout worked if the logout was not stored.
//! * What a mechanism cannot do is [`Cannot`], with the reason and an alternative. It is never a success that did nothing. Optional abilities are
//!   facets ([`Logins`], [`Revocation`], [`PartialLogout`], [`Tokens`]), so that the compiler knows whether they exist.
//!
//! # Adding a mechanism
//!
//! 1. Make a crate beside `cookie-svc`. It depends on `authlab-mechanism` and `authlab-service`, and on no web framework.
//! 2. Implement [`Mechanism`] for a type, and the facets that it can offer.
//! 3. Make its settings a `clap::Args`, and implement `authlab_service::Service` for them.
//! 4. Write a `main.rs` of one line: `authlab_service::main::<MySettings>()`.
//! 5. Ask the running service for the contract: `lab conform --target NAME=URL`. The comparison and the attacks take targets as well.
//!
//! `lab/tests/fourth_mechanism` follows these steps, in one file. `docs/decisions/0001-the-seam.md` names the designs that were turned down.

pub mod cookie_attributes;
pub mod handover;
pub mod items;
pub mod login;
pub mod presented;
pub mod public_keys;
pub mod refusal;
pub mod tokens;

use async_trait::async_trait;
use authlab_secrets::Secret;
use authlab_telemetry::Collector;

use crate::{
    handover::{Handover, Token},
    items::{Item, ItemKey, NewItem, Opening, Which},
    login::{Card, Granted, ListedLogin, LoginId, NewLogin, PartlyLoggedOut, Recalled, Record, Verified},
    presented::Presented,
    public_keys::PublicKeys,
    refusal::{Cannot, Refusal, Unavailable},
    tokens::Introspection,
};

#[async_trait]
pub trait Mechanism: Send + Sync + 'static {
    /// The facts that do not change while the service runs: for `/about`, the pages and the report.
    fn card(&self) -> &Card;

    /// Resolves the presented credential to a login and its items. Without a valid login, the reason is part of the result.
    async fn recall(&self, presented: &Presented) -> Result<Recalled, Refusal>;

    /// Resolves the presented credential to a login and its ids, without items. With `counts`, the request is a use as in
    /// [`recall`](Mechanism::recall): it prolongs the login and may hand over credentials. Without it, no use is recorded and nothing is
    /// handed over, since the caller could not pass it on to the client.
    async fn verify(&self, presented: &Presented, counts: bool) -> Result<Verified, Refusal>;

    /// Begins a login after a correct password. A value that the client presented is never adopted as its credential. A login whose cookies are
    /// replaced ends, and a former login of *another account* leaves no items behind. [`Refusal::PasswordReplaced`] if the password was
    /// changed meanwhile.
    async fn login(&self, login: NewLogin<'_>) -> Result<Granted, Refusal>;

    /// Replaces the credential of this login after a password change, and ends the account's other logins if the mechanism can. The account has
    /// the generation that the change gave it.
    async fn replace_login(&self, login: NewLogin<'_>) -> Result<Granted, Refusal>;

    /// Ends this login: deletes what the client holds and what the server keeps.
    async fn logout(&self, presented: &Presented) -> Result<Handover, Refusal>;

    /// What the server keeps for this client: its size, and its content unless that is opaque.
    async fn record(&self, presented: &Presented) -> Result<Record, Refusal>;

    /// Reads one item as `opening` says; `None` if there is no item with this key.
    async fn item(&self, presented: &Presented, key: &ItemKey, opening: &Opening) -> Result<Option<Item>, Refusal>;

    /// Stores one item, in place of one with the same key. A refusal changes nothing.
    async fn put_item(&self, presented: &Presented, item: NewItem) -> Result<Handover, Refusal>;

    /// Deletes one item or all items. It is no error if an item does not exist.
    async fn remove_items(&self, presented: &Presented, which: Which<'_>) -> Result<Handover, Refusal>;

    /// The account's logins by their ids, if the mechanism keeps a record of each.
    fn logins(&self) -> Result<&dyn Logins, Cannot>;

    /// Ends all logins of an account at once, if the mechanism can reach them.
    fn revocation(&self) -> Result<&dyn Revocation, Cannot>;

    /// Partial logouts, if the mechanism keeps a record that can partly remain.
    fn partial_logout(&self) -> Result<&dyn PartialLogout, Cannot>;

    /// The OAuth 2.0 calls for tokens, if its credentials are tokens.
    fn tokens(&self) -> Result<&dyn Tokens, Cannot> {
        Err(Cannot {
            mechanism: self.card().mechanism,
            what: "hand out, refresh, revoke or introspect tokens",
            because: "its credential is a cookie that lasts as long as the login",
            instead: "POST /login for a login and POST /logout for its end, or use token-svc",
        })
    }

    /// The public keys with which others verify what it signs, if it has any: `/.well-known/jwks.json`.
    fn public_keys(&self) -> Option<PublicKeys> {
        None
    }

    /// Its own metrics, in addition to those of every mechanism.
    fn collectors(&self) -> Vec<Collector> {
        Vec::new()
    }

    /// Whether it can do its work now. The error names what cannot be reached.
    async fn ready(&self) -> Result<(), Unavailable>;
}

/// Facet: each login has an id. The methods act for the account of the presented credential; the id of another account's login is unknown to
/// them.
#[async_trait]
pub trait Logins: Send + Sync {
    /// Lists the caller's logins, the newest first.
    async fn list(&self, presented: &Presented) -> Result<Vec<ListedLogin>, Refusal>;

    /// Ends one of the caller's logins. It is no error if the id is unknown. The handover deletes the client's credential if it was its own
    /// login.
    async fn end(&self, presented: &Presented, login: &LoginId) -> Result<Handover, Refusal>;
}

/// Facet: the mechanism can end logins on other devices.
#[async_trait]
pub trait Revocation: Send + Sync {
    /// Ends every login of the caller's account, with this one.
    async fn end_all(&self, presented: &Presented) -> Result<Handover, Refusal>;

    /// Ends every login of the caller's account except this one.
    async fn end_others(&self, presented: &Presented) -> Result<Handover, Refusal>;
}

/// Facet: a logout has two parts, the cookie and the record, and each can be done without the other. They exist for comparison;
/// [`Mechanism::logout`] is the way to log out. All methods are idempotent.
#[async_trait]
pub trait PartialLogout: Send + Sync {
    /// Deletes the cookie. The record stays, and a copy of the cookie still works.
    async fn delete_cookie(&self, presented: &Presented) -> Result<PartlyLoggedOut, Refusal>;

    /// Deletes the login from the record. The record, its items and the cookie stay.
    async fn delete_login(&self, presented: &Presented) -> Result<PartlyLoggedOut, Refusal>;

    /// Deletes all data from the record. The empty record and the cookie stay.
    async fn clear(&self, presented: &Presented) -> Result<PartlyLoggedOut, Refusal>;
}

/// Facet: the credential is a token of OAuth 2.0.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// Exchanges a refresh token for a new pair (RFC 6749 §6). The items of the presented access token, expired or not, move to the new one. After
    /// a refusal the client keeps what it holds: another tab may have been faster.
    async fn refresh(&self, presented: &Presented, refresh_token: &Secret) -> Result<Token, Refusal>;

    /// Refreshes for a browser, which cannot ask for it: if the access token in its cookie has expired and its refresh token has
    /// not. The caller asks only where [`shows_refresh_token`](Tokens::shows_refresh_token) says so.
    async fn refresh_expired(&self, presented: &Presented) -> Result<Option<Token>, Refusal>;

    /// Whether a browser shows a refresh token, valid or not. Asked with every request, so it costs little.
    fn shows_refresh_token(&self, presented: &Presented) -> bool;

    /// Revokes an access or refresh token, which ends its login (RFC 7009). It is no error if the token is unknown.
    async fn revoke(&self, token: &Secret) -> Result<(), Refusal>;

    /// The state of a token (RFC 7662), for a caller that presents the introspection secret.
    async fn introspect(&self, presented: &Presented, token: &Secret) -> Result<Introspection, Refusal>;
}
