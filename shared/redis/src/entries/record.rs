//! An entry as the fields of a hash, as in `scripts/common.lua`.
//!
//! | field | value |
//! |---|---|
//! | `.e` `.s` `.i` | seconds since the epoch: the entry's end, its last use, the beginning of the login |
//! | `.o` | the id of the account that owns the items |
//! | `.g` | the account's generation when the login began; absent (0) in logins of version 0.1 |
//! | `.l` | the login: 16 bytes of id, the username, and after a zero byte the `User-Agent` |
//! | `.b` | the size of all items in bytes; absent if no item was written since the entry began |
//! | an item's key | `END\|VALUE`, or `\|VALUE` for an item without expiry |

use authlab_mechanism::{
    items::{Item, ItemKey},
    login::{Account, Device},
};
use jiff::Timestamp;

use super::DIGEST_LENGTH;

/// An entry that was read, or that is to be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEntry {
    pub login: Option<EntryLogin>,
    /// The account that owns the items.
    pub owner: Option<i64>,
    pub items: Vec<(ItemKey, Item)>,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
    /// The size of all names and values in bytes.
    pub bytes: usize,
}

/// The login of an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryLogin {
    /// The digest of the credential with which it began. A random number in logins of version 0.1.
    pub id: [u8; DIGEST_LENGTH],
    pub account: Account,
    pub device: Device,
    pub issued_at: Timestamp,
}

/// Names and values, in the order of Redis.
pub(super) type Fields = Vec<(Vec<u8>, Vec<u8>)>;

/// `None` if the fields are not an entry.
pub(super) fn read(fields: &Fields) -> Option<StoredEntry> {
    let (mut items, mut bytes) = (Vec::new(), 0);
    let (mut end, mut seen, mut issued, mut owner, mut generation, mut login) = (None, None, None, None, None, None);
    for (name, value) in fields {
        bytes += name.len() + value.len();
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
    Some(StoredEntry { login, owner, items, last_seen_at: seen?, expires_at: end?, bytes })
}

pub(super) fn login(login: &EntryLogin) -> Vec<u8> {
    let mut bytes = login.id.to_vec();
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

fn login_of(bytes: &[u8], (account, generation): (i64, i64), issued_at: Timestamp) -> Option<EntryLogin> {
    let (id, rest) = bytes.split_first_chunk::<DIGEST_LENGTH>()?;
    let text = std::str::from_utf8(rest).ok()?;
    let (username, agent) = text.split_once('\0').map_or((text, None), |(name, agent)| (name, Some(agent)));
    Some(EntryLogin {
        id: *id,
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
        login::{Account, Device},
    };
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::{DIGEST_LENGTH, EntryLogin, Fields, StoredEntry, login, read, stored_item};

    const SECONDS: std::ops::Range<i64> = 0..4_000_000_000;

    fn instant(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    /// The fields as the scripts set them.
    fn fields(entry: &StoredEntry) -> Fields {
        let mut fields = Fields::new();
        let mut set = |name: &str, value: Vec<u8>| fields.push((name.as_bytes().to_vec(), value));
        set(".e", entry.expires_at.as_second().to_string().into_bytes());
        set(".s", entry.last_seen_at.as_second().to_string().into_bytes());
        if let Some(owner) = entry.owner {
            set(".o", owner.to_string().into_bytes());
        }
        if let Some(begun) = &entry.login {
            set(".i", begun.issued_at.as_second().to_string().into_bytes());
            set(".l", login(begun));
            if begun.account.generation > 0 {
                set(".g", begun.account.generation.to_string().into_bytes());
            }
        }
        for (key, item) in &entry.items {
            set(key.as_str(), stored_item(item).into_bytes());
        }
        fields
    }

    prop_compose! {
        fn any_login()(
            id in any::<[u8; DIGEST_LENGTH]>(),
            account in any::<i64>(),
            generation in 0..i64::MAX,
            // Usernames and headers contain no control characters.
            username in "[^\\x00]{1,40}",
            user_agent in prop::option::of("[^\\x00]{0,40}"),
            seconds in SECONDS,
        ) -> EntryLogin {
            EntryLogin {
                id,
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
            let mut stored = StoredEntry {
                owner: login.as_ref().map(|login: &EntryLogin| login.account.id),
                login,
                items: items.collect(),
                last_seen_at: instant(seen),
                expires_at: instant(ends),
                bytes: 0,
            };
            let fields = fields(&stored);
            stored.bytes = fields.iter().map(|(name, value)| name.len() + value.len()).sum();
            prop_assert_eq!(read(&fields), Some(stored));
        }

        #[test]
        fn whatever_stands_there_is_an_entry_or_none(
            fields in prop::collection::vec(
                (prop_oneof![Just(b".e".to_vec()), Just(b".s".to_vec()), Just(b".l".to_vec()), Just(b".o".to_vec()),
                    Just(b".i".to_vec()), Just(b".g".to_vec()), prop::collection::vec(any::<u8>(), 0..8)],
                prop_oneof![prop::collection::vec(any::<u8>(), 0..40), "-?[0-9]{0,25}".prop_map(String::into_bytes)]),
                0..6,
            ),
        ) {
            let ends = fields.iter().any(|(name, _)| name == b".e");
            prop_assert!(read(&fields).is_none() || ends);
        }
    }
}
