//! A session as the fields of a hash; `scripts/common.lua` says which.
//!
//! | field | value |
//! |---|---|
//! | `.e` `.s` `.i` | seconds since the epoch: the end, the last use, the begin of the login |
//! | `.o` | the id of the account whose items these are |
//! | `.l` | the login: 16 bytes of id, the username, and after a zero byte what the client calls itself |
//! | an item's key | `END\|VALUE`, or `\|VALUE` for an item without an end of its own |

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use shared::{
    items::{Item, ItemKey},
    login::{Account, Device, LoginId},
    random,
};

use crate::session::{Expiry, Session, SessionLogin};

/// Bytes of a login's id.
const ID: usize = 16;

pub(super) type Fields = HashMap<Vec<u8>, Vec<u8>>;

/// `None` for what is no session.
pub(super) fn session(fields: &Fields) -> Option<Session> {
    let owner = number(fields, b".o");
    let login = match (fields.get(b".l".as_slice()), owner) {
        (Some(login), Some(account)) => Some(login_of(login, account, at(fields, b".i")?)?),
        _ => None,
    };
    let items = fields.iter().filter(|(name, _)| !name.starts_with(b".")).filter_map(|(name, value)| item(name, value));
    Some(Session {
        login,
        owner,
        items: items.collect::<BTreeMap<_, _>>(),
        last_seen_at: at(fields, b".s")?,
        expires_at: at(fields, b".e")?,
        expiry: Expiry::AsSet,
        others: Vec::new(),
        stored_bytes: Some(fields.iter().map(|(name, value)| name.len() + value.len()).sum()),
    })
}

pub(super) fn login(login: &SessionLogin) -> Vec<u8> {
    let mut bytes = id(&login.id).unwrap_or_default().to_vec();
    bytes.extend(login.account.username.as_bytes());
    if let Some(agent) = &login.device.user_agent {
        bytes.push(0);
        bytes.extend(agent.as_bytes());
    }
    bytes
}

/// The bytes that stand for a login's id; `None` for what was never one.
pub(super) fn id(id: &LoginId) -> Option<[u8; ID]> {
    let digits = Some(id.0.as_str()).filter(|digits| digits.len() == 2 * ID && digits.is_ascii())?;
    let mut bytes = [0; ID];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

pub(super) fn stored_item(item: &Item) -> String {
    let end = item.expires_at.map(|end| end.as_second().to_string()).unwrap_or_default();
    format!("{end}|{}", item.value)
}

fn login_of(bytes: &[u8], account: i64, issued_at: Timestamp) -> Option<SessionLogin> {
    let (id, rest) = bytes.split_at_checked(ID)?;
    let text = std::str::from_utf8(rest).ok()?;
    let (username, agent) = text.split_once('\0').map_or((text, None), |(name, agent)| (name, Some(agent)));
    Some(SessionLogin {
        id: LoginId(random::to_hex(id)),
        account: Account { id: account, username: username.to_owned() },
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

fn number(fields: &Fields, name: &[u8]) -> Option<i64> {
    std::str::from_utf8(fields.get(name)?).ok()?.parse().ok()
}

fn at(fields: &Fields, name: &[u8]) -> Option<Timestamp> {
    Timestamp::from_second(number(fields, name)?).ok()
}
