//! The seam: a mechanism lets a service know a client again.
//!
//! A mechanism turns *an account whose password was right* into *something the client holds*, and later turns what the
//! client presents back into a login. It keeps a few items for that client on the way. That is all it does: it never sees
//! a header, a route, a password or a page. HTTP lives in [`authlab_web`], accounts in [`authlab_accounts`].
//!
//! # Who calls what
//!
//! | verb | called for | must be |
//! |---|---|---|
//! | [`recall`](Mechanism::recall) | `GET /mine`, `GET /items` and every page | cheap: this is the hot path |
//! | [`login`](Mechanism::login) | `POST /login`, after the password was found right | never adopt anything the client chose |
//! | [`replace_login`](Mechanism::replace_login) | `POST /password`, after the new password was stored | end the other logins, where it can |
//! | [`logout`](Mechanism::logout) | `POST /logout` | idempotent: a dead or absent credential is logged out already |
//! | [`partial_logout`](Mechanism::partial_logout) | `POST /logout?how=…` | exact: what it leaves, it says |
//! | [`item`](Mechanism::item), [`put_item`](Mechanism::put_item), [`remove_items`](Mechanism::remove_items) | `/items…` | one item at a time, so that parallel writes can both survive |
//! | [`record`](Mechanism::record) | `GET /mine/record` | honest about what the server keeps |
//!
//! Each verb takes [`Presented`], all that the client showed, and not a login found earlier: one request is one verb, so a
//! store-backed mechanism can answer it in one round trip. Each verb that may change what the client holds returns a
//! [`Handover`]; how that travels (a cookie, a body, both) is decided outside.
//!
//! # The contract of failure
//!
//! * *Nobody*, *unknown*, *tampered*, *expired*, *ended*: not errors. They are [`Denied`](crate::refusal::Denied) reasons, and `recall` returns them
//!   as a value, since an anonymous client may have items.
//! * *The store cannot be asked*: [`Refusal::Unavailable`], always. A client must never be told that it is logged out because a
//!   server is down, and must never be told that a logout worked if it was not stored.
//! * *The mechanism has no way to do it*: [`Cannot`], with the reason and with what to do instead. Never a success that did
//!   nothing. What a mechanism may lack is a facet ([`Logins`], [`Revocation`], [`PartialLogout`], [`Tokens`]), so that having
//!   it and not having it are types.
//!
//! # Adding a mechanism
//!
//! 1. A crate beside `cookie-svc`, depending on `shared` and on no web framework.
//! 2. A type that implements [`Mechanism`], and the facets that it can honestly offer.
//! 3. Its settings as a `clap::Args`, and [`authlab_service::Service`] to tie both together.
//! 4. A `main.rs` of one line: `shared::service::main::<MySettings>()`.
//! 5. One line in `lab/src/fleet.rs`: the conformance suite, the comparison and the page then include it.
//!
//! The designs that were weighed and turned down are in `docs/decisions/0001-the-seam.md`.

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
    login::{Card, Granted, ListedLogin, LoginId, NewLogin, PartlyLoggedOut, Recalled, Record},
    presented::Presented,
    public_keys::PublicKeys,
    refusal::{Cannot, Refusal, Unavailable},
    tokens::Introspection,
};

#[async_trait]
pub trait Mechanism: Send + Sync + 'static {
    /// The facts that never change while the service runs: for `/about`, the pages and the report.
    fn card(&self) -> &Card;

    /// Who is this, and what is kept for them? Nobody, and why not, is an answer like any other.
    async fn recall(&self, presented: &Presented) -> Result<Recalled, Refusal>;

    /// The password was right: begin a login. What the client presented before is never adopted as its credential; a login whose
    /// cookies are replaced ends, and a former login of *another account* leaves no items behind. If the password was changed
    /// meanwhile, the login does not stand: [`Refusal::PasswordReplaced`].
    async fn login(&self, login: NewLogin<'_>) -> Result<Granted, Refusal>;

    /// The password was changed: this login goes on with a fresh credential, the account's other logins end
    /// where the mechanism can end them. The account carries the generation that the change gave it.
    async fn replace_login(&self, login: NewLogin<'_>) -> Result<Granted, Refusal>;

    /// End this login: clear what the client holds, remove what the server keeps.
    async fn logout(&self, presented: &Presented) -> Result<Handover, Refusal>;

    /// What the server keeps for this client, in bytes and, where it is not opaque, in words.
    async fn record(&self, presented: &Presented) -> Result<Record, Refusal>;

    /// One item, opened as `opening` says; `None` if there is none of that name.
    async fn item(&self, presented: &Presented, key: &ItemKey, opening: &Opening) -> Result<Option<Item>, Refusal>;

    /// Keep one item, replacing one of the same name. On any refusal nothing has changed.
    async fn put_item(&self, presented: &Presented, item: NewItem) -> Result<Handover, Refusal>;

    /// Forget one item or all of them; items that do not exist are forgotten already.
    async fn remove_items(&self, presented: &Presented, which: Which<'_>) -> Result<Handover, Refusal>;

    /// The account's logins by name, if the mechanism keeps a record of each.
    fn logins(&self) -> Result<&dyn Logins, Cannot>;

    /// Ending all of an account's logins at once, if the mechanism can reach them.
    fn revocation(&self) -> Result<&dyn Revocation, Cannot>;

    /// Logging out by halves, if the mechanism has halves.
    fn partial_logout(&self) -> Result<&dyn PartialLogout, Cannot>;

    /// The calls that OAuth 2.0 has for tokens, if these are its credentials.
    fn tokens(&self) -> Result<&dyn Tokens, Cannot> {
        Err(Cannot {
            mechanism: self.card().mechanism,
            what: "hand out, refresh, revoke or introspect tokens",
            because: "its credential is a cookie that lasts as long as the login",
            instead: "POST /login for a login and POST /logout for its end, or use token-svc",
        })
    }

    /// What others need to verify what it signs, if they can: `/.well-known/jwks.json`.
    fn public_keys(&self) -> Option<PublicKeys> {
        None
    }

    /// What of it `/metrics` shows, besides what is measured of every mechanism.
    fn collectors(&self) -> Vec<Collector> {
        Vec::new()
    }

    /// Can it do its work right now? Names what cannot be reached.
    async fn ready(&self) -> Result<(), Unavailable>;
}

/// Facet: each login is known by itself. The caller is whoever `presented` shows, so a stranger's login cannot even be
/// named: for another account its id is as unknown as any other.
#[async_trait]
pub trait Logins: Send + Sync {
    /// The caller's logins, the newest first.
    async fn list(&self, presented: &Presented) -> Result<Vec<ListedLogin>, Refusal>;

    /// End one of the caller's logins; an unknown id has ended already. The handover clears the client's credential
    /// if it was its own.
    async fn end(&self, presented: &Presented, login: &LoginId) -> Result<Handover, Refusal>;
}

/// Facet: a credential that is out in the world can be made to stop working.
#[async_trait]
pub trait Revocation: Send + Sync {
    /// End every login of the caller's account, this one included.
    async fn end_all(&self, presented: &Presented) -> Result<Handover, Refusal>;

    /// End every login of the caller's account but this one, which goes on.
    async fn end_others(&self, presented: &Presented) -> Result<Handover, Refusal>;
}

/// Facet: a logout has parts, the cookie here and the record there, and they can be done one without the other. What each
/// leaves behind is the lesson; [`Mechanism::logout`] is the way to log out. All are idempotent, as that one is.
#[async_trait]
pub trait PartialLogout: Send + Sync {
    /// The client forgets its credential; the record stays, and works on for whoever kept a copy.
    async fn delete_cookie(&self, presented: &Presented) -> Result<PartlyLoggedOut, Refusal>;

    /// The login leaves the record; the record with its items stays, and so does the credential that finds it.
    async fn delete_login(&self, presented: &Presented) -> Result<PartlyLoggedOut, Refusal>;

    /// All data leaves the record; the record stays, empty, under the credential that it had.
    async fn clear(&self, presented: &Presented) -> Result<PartlyLoggedOut, Refusal>;
}

/// Facet: the credential is a token, in the sense of OAuth 2.0.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// Spends a refresh token for a new pair (RFC 6749 §6). The items of the access token that is shown along, expired or
    /// not, go over to the new one. Whatever is refused, the client may keep what it holds: another tab may have been faster.
    async fn refresh(&self, presented: &Presented, refresh_token: &Secret) -> Result<Token, Refusal>;

    /// Refreshes for a browser, which cannot ask for it: if the access token in its cookie has expired and its refresh token has
    /// not. The caller asks only where [`shows_refresh_token`](Tokens::shows_refresh_token) says so.
    async fn refresh_expired(&self, presented: &Presented) -> Result<Option<Token>, Refusal>;

    /// Whether a browser shows a refresh token, valid or not. Asked with every request, so it costs little.
    fn shows_refresh_token(&self, presented: &Presented) -> bool;

    /// Ends the login of this token, access or refresh token (RFC 7009); an unknown one has ended already.
    async fn revoke(&self, token: &Secret) -> Result<(), Refusal>;

    /// What is known of a token (RFC 7662), for an asker that shows it may know.
    async fn introspect(&self, presented: &Presented, token: &Secret) -> Result<Introspection, Refusal>;
}
