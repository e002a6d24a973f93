//! Sessions as entries in Redis.

use authlab_mechanism::login::LoginId;
use authlab_redis::entries::{BegunEntry, EntryKey, EntryLogin, StoredEntry};
use authlab_secrets::random::to_hex;

use super::bucket;
use crate::{
    id::{SessionDigest, SessionId},
    session::{Expiry, Session, SessionLogin},
    store::Begun,
};

pub(super) fn key(id: &SessionId) -> EntryKey<'_> {
    EntryKey { bucket: bucket(id), digest: *id.digest().as_bytes() }
}

pub(super) fn session(entry: StoredEntry) -> Session {
    let login = entry.login.map(|EntryLogin { id, account, device, issued_at }| SessionLogin {
        id: LoginId(to_hex(&id)),
        account,
        device,
        issued_at,
    });
    Session {
        login,
        owner: entry.owner,
        items: entry.items.into_iter().collect(),
        last_seen_at: entry.last_seen_at,
        expires_at: entry.expires_at,
        expiry: Expiry::AsSet,
        others: Vec::new(),
        stored_bytes: Some(entry.bytes),
    }
}

pub(super) fn begun(begun: BegunEntry) -> Begun {
    Begun { session: session(begun.entry), ended: begun.ended }
}

/// The entry of a session without a login.
pub(super) fn anonymous(session: &Session) -> StoredEntry {
    StoredEntry {
        login: None,
        owner: None,
        items: session.items.iter().map(|(key, item)| (key.clone(), item.clone())).collect(),
        last_seen_at: session.last_seen_at,
        expires_at: session.expires_at,
        bytes: 0,
    }
}

pub(super) fn login(login: SessionLogin) -> EntryLogin {
    let SessionLogin { id, account, device, issued_at } = login;
    let id = SessionDigest::from_login_id(&id).unwrap_or(SessionDigest::FIRST);
    EntryLogin { id: *id.as_bytes(), account, device, issued_at }
}
