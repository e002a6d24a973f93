//! A session as the fields of a hash, as in `scripts/common.lua`.
//!
//! | field | value |
//! |---|---|
//! | `.e` `.s` `.i` | seconds since the epoch: the session's end, its last use, the beginning of the login |
//! | `.o` | the id of the account that owns the items |
//! | `.g` | the account's generation when the login began; absent (0) in logins of version 0.1 |
//! | `.l` | the login: 16 bytes of id, the username, and after a zero byte the `User-Agent` |
//! | `.b` | the size of all items in bytes; absent if no item was written since the session began |
//! | an item's key | `END\|VALUE`, or `\|VALUE` for an item without expiry |

use authlab_mechanism::{
    items::{Item, ItemKey},
    login::{Account, Device, LoginId},
};
use authlab_secrets::random;
use jiff::Timestamp;

use crate::{
    id::SessionDigest,
    session::{Expiry, Session, SessionLogin},
};

/// Length of a login's id in bytes.
const ID: usize = 16;

/// Names and values, in the order of Redis.
pub(super) type Fields = Vec<(Vec<u8>, Vec<u8>)>;

/// `None` if the fields are not a session.
pub(super) fn session(fields: &Fields) -> Option<Session> {
    let (mut items, mut stored_bytes) = (Vec::new(), 0);
    let (mut end, mut seen, mut issued, mut owner, mut generation, mut login) = (None, None, None, None, None, None);
    for (name, value) in fields {
        stored_bytes += name.len() + value.len();
        match name.as_slice() {
            b".e" => end = instant(value),
            b".s" => seen = instant(value),
            b".i" => issued = instant(value),
            b".o" => owner = number(value),
            b".g" => generation = number(value),
            b".l" => login = Some(value),
            [b'.', ..] => {}
            _ => items.extend(item(name, value)),
        }
    }
    let login = match (login, owner) {
        (Some(login), Some(id)) => Some(login_of(login, (id, generation.unwrap_or_default()), issued?)?),
        _ => None,
    };
    Some(Session {
        login,
        owner,
        items: items.into_iter().collect(),
        last_seen_at: seen?,
        expires_at: end?,
        expiry: Expiry::AsSet,
        others: Vec::new(),
        stored_bytes: Some(stored_bytes),
    })
}

pub(super) fn login(login: &SessionLogin) -> Vec<u8> {
    let mut bytes = SessionDigest::from_login_id(&login.id).unwrap_or(SessionDigest::FIRST).as_bytes().to_vec();
    bytes.extend(login.account.username.as_bytes());
    if let Some(agent) = &login.device.user_agent {
        bytes.push(0);
        bytes.extend(agent.as_bytes());
    }
    bytes
}

pub(super) fn stored_item(item: &Item) -> String {
    let end = item.expires_at.map(|end| end.as_second().to_string()).unwrap_or_default();
    format!("{end}|{}", item.value)
}

/// The items as fields of a hash.
pub(super) fn stored_items(session: &Session) -> Vec<(String, String)> {
    session.items.iter().map(|(key, item)| (key.as_str().to_owned(), stored_item(item))).collect()
}

fn login_of(bytes: &[u8], (account, generation): (i64, i64), issued_at: Timestamp) -> Option<SessionLogin> {
    let (id, rest) = bytes.split_at_checked(ID)?;
    let text = std::str::from_utf8(rest).ok()?;
    let (username, agent) = text.split_once('\0').map_or((text, None), |(name, agent)| (name, Some(agent)));
    Some(SessionLogin {
        id: LoginId(random::to_hex(id)),
        account: Account { id: account, username: username.to_owned(), generation },
        device: Device { user_agent: agent.map(str::to_owned) },
        issued_at,
    })
}

fn item(name: &[u8], stored: &[u8]) -> Option<(ItemKey, Item)> {
    let (end, value) = std::str::from_utf8(stored).ok()?.split_once('|')?;
    let expires_at = if end.is_empty() { None } else { Some(Timestamp::from_second(end.parse().ok()?).ok()?) };
    let key = std::str::from_utf8(name).ok()?.parse::<ItemKey>().ok()?;
    Some((key, Item { value: value.to_owned(), expires_at }))
}

fn number(value: &[u8]) -> Option<i64> {
    std::str::from_utf8(value).ok()?.parse().ok()
}

fn instant(seconds: &[u8]) -> Option<Timestamp> {
    Timestamp::from_second(number(seconds)?).ok()
}

#[cfg(test)]
mod tests {
    use authlab_mechanism::{
        items::Item,
        login::{Account, Device, LoginId},
    };
    use authlab_secrets::random;
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::{Fields, ID, login, session, stored_items};
    use crate::session::{Session, SessionLogin};

    const SECONDS: std::ops::Range<i64> = 0..4_000_000_000;

    fn instant(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    /// The fields as the scripts set them.
    fn fields(session: &Session) -> Fields {
        let mut fields = Fields::new();
        let mut set = |name: &str, value: Vec<u8>| fields.push((name.as_bytes().to_vec(), value));
        set(".e", session.expires_at.as_second().to_string().into_bytes());
        set(".s", session.last_seen_at.as_second().to_string().into_bytes());
        if let Some(owner) = session.owner {
            set(".o", owner.to_string().into_bytes());
        }
        if let Some(begun) = &session.login {
            set(".i", begun.issued_at.as_second().to_string().into_bytes());
            set(".l", login(begun));
            if begun.account.generation > 0 {
                set(".g", begun.account.generation.to_string().into_bytes());
            }
        }
        for (key, item) in stored_items(session) {
            set(&key, item.into_bytes());
        }
        fields
    }

    prop_compose! {
        fn any_login()(
            id in any::<[u8; ID]>(),
            account in any::<i64>(),
            generation in 0..i64::MAX,
            // Usernames and headers contain no control characters.
            username in "[^\\x00]{1,40}",
            user_agent in prop::option::of("[^\\x00]{0,40}"),
            seconds in SECONDS,
        ) -> SessionLogin {
            SessionLogin {
                id: LoginId(random::to_hex(&id)),
                account: Account { id: account, username, generation },
                device: Device { user_agent },
                issued_at: instant(seconds),
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_stored_is_found_again(
            login in prop::option::of(any_login()),
            items in prop::collection::vec(("[A-Za-z0-9_-]{1,64}", any::<String>(), prop::option::of(SECONDS)), 0..5),
            (seen, ends) in (SECONDS, SECONDS),
        ) {
            let items = items.into_iter().map(|(key, value, end)| {
                (key.parse().unwrap(), Item { value, expires_at: end.map(instant) })
            });
            let mut stored = Session { items: items.collect(), ..Session::new(instant(seen), instant(ends)) };
            if let Some(login) = login {
                stored.begin_login(login);
            }
            let fields = fields(&stored);
            stored.stored_bytes = Some(fields.iter().map(|(name, value)| name.len() + value.len()).sum());
            prop_assert_eq!(session(&fields), Some(stored));
        }

        #[test]
        fn whatever_stands_there_is_a_session_or_none(
            fields in prop::collection::vec(
                (prop_oneof![Just(b".e".to_vec()), Just(b".s".to_vec()), Just(b".l".to_vec()), Just(b".o".to_vec()),
                    Just(b".i".to_vec()), Just(b".g".to_vec()), prop::collection::vec(any::<u8>(), 0..8)],
                prop_oneof![prop::collection::vec(any::<u8>(), 0..40), "-?[0-9]{0,25}".prop_map(String::into_bytes)]),
                0..6,
            ),
        ) {
            let ends = fields.iter().any(|(name, _)| name == b".e");
            prop_assert!(session(&fields).is_none() || ends);
        }
    }
}
