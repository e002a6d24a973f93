//! A session as a dictionary of Django: the members of this service, and their content.
//!
//! | member | content | in Django |
//! |---|---|---|
//! | `authlab_items` | the items, key to text | `request.session["authlab_items"]["theme"]` |
//! | `_authlab` | the login, the owner of the items, the ends of items | `request.session["_authlab"]["login"]["username"]` |
//!
//! Items are not separate members: a client chooses their names, and must not write members that a site trusts. All other members belong
//! to other programs, including Django's `_auth_user_id`, and are preserved.

use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};

use authlab_django_signing::Members;
use authlab_mechanism::{
    items::{Item, ItemKey},
    login::{Account, Device, LoginId},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::session::{Expiry, Session, SessionLogin};

const ITEMS: &str = "authlab_items";
const AUTHLAB: &str = "_authlab";
/// The member in which Django stores a session's own lifetime (`request.session.set_expiry`).
const SESSION_EXPIRY: &str = "_session_expiry";

/// The member `_authlab`. Instants are seconds since the epoch.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Authlab {
    login: Option<StoredLogin>,
    owner: Option<i64>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    item_ends: BTreeMap<String, i64>,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredLogin {
    id: LoginId,
    account: i64,
    username: String,
    issued_at: i64,
    user_agent: Option<String>,
}

/// The session in these members.
///
/// `generation` is the account's when the login began. It is kept in the index, because an instance of version 0.1 drops it when it
/// writes the data.
pub(super) fn read(members: &Members, (last_seen_at, expires_at): (Timestamp, Timestamp), generation: i64) -> Session {
    let authlab: Authlab = members.get(AUTHLAB).unwrap_or_default();
    let items = texts(members).map(|(key, value)| {
        let expires_at = authlab.item_ends.get(key.as_str()).and_then(|end| Timestamp::from_second(*end).ok());
        (key, Item { value, expires_at })
    });
    Session {
        items: items.collect(),
        login: authlab.login.and_then(|kept| login(kept, generation)),
        owner: authlab.owner,
        expiry: expiry(members),
        others: members.names().filter(|name| ![ITEMS, AUTHLAB].contains(name)).map(str::to_owned).collect(),
        ..Session::new(last_seen_at, expires_at)
    }
}

/// Writes the session into its members. Members of other programs are unchanged.
pub(super) fn write(members: &mut Members, session: &Session) -> serde_json::Result<()> {
    let mut items: Members = members.get(ITEMS).unwrap_or_default();
    let gone = texts(members).map(|(key, _)| key).filter(|key| session.items.get(key).is_none());
    let gone: HashSet<String> = gone.map(|key| key.as_str().to_owned()).collect();
    items.retain(|name| !gone.contains(name));
    items.set_all(session.items.iter().map(|(key, item)| (key.as_str(), &item.value)))?;
    let ends = session.items.iter().filter_map(|(key, item)| Some((key, item.expires_at?)));
    let authlab = Authlab {
        login: session.login.as_ref().map(stored_login),
        owner: session.owner,
        item_ends: ends.map(|(key, end)| (key.as_str().to_owned(), end.as_second())).collect(),
    };
    set_or_remove(members, ITEMS, items.names().next().is_some().then_some(&items))?;
    let has_something = authlab.login.is_some() || authlab.owner.is_some() || !authlab.item_ends.is_empty();
    set_or_remove(members, AUTHLAB, has_something.then_some(&authlab))
}

fn set_or_remove(members: &mut Members, name: &str, value: Option<&impl Serialize>) -> serde_json::Result<()> {
    if let Some(value) = value {
        return members.set(name, value);
    }
    members.remove(name);
    Ok(())
}

/// The items that are texts with valid keys. A site may have stored other values among them.
fn texts(members: &Members) -> impl Iterator<Item = (ItemKey, String)> {
    let items: Members = members.get(ITEMS).unwrap_or_default();
    items.into_pairs().filter_map(|(name, value)| Some((name.parse().ok()?, serde_json::from_str(value.get()).ok()?)))
}

fn login(kept: StoredLogin, generation: i64) -> Option<SessionLogin> {
    Some(SessionLogin {
        id: kept.id,
        account: Account { id: kept.account, username: kept.username, generation },
        device: Device { user_agent: kept.user_agent },
        issued_at: Timestamp::from_second(kept.issued_at).ok()?,
    })
}

fn stored_login(login: &SessionLogin) -> StoredLogin {
    StoredLogin {
        id: login.id.clone(),
        account: login.account.id,
        username: login.account.username.clone(),
        issued_at: login.issued_at.as_second(),
        user_agent: login.device.user_agent.clone(),
    }
}

/// A number is an idle timeout in seconds; 0 means until the browser is closed. A text is an instant.
fn expiry(members: &Members) -> Expiry {
    match (members.get::<u64>(SESSION_EXPIRY), members.get::<String>(SESSION_EXPIRY)) {
        (Some(0), _) => Expiry::WithTheBrowser,
        (Some(seconds), _) => Expiry::AfterIdleness(Duration::from_secs(seconds)),
        (_, Some(_)) => Expiry::Fixed,
        _ => Expiry::AsSet,
    }
}

#[cfg(test)]
mod tests {
    use authlab_django_signing::Members;
    use authlab_mechanism::{
        items::Item,
        login::{Account, Device, LoginId},
    };
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::write;
    use crate::{
        items::Items,
        session::{Expiry, Session, SessionLogin},
    };

    const DJANGO: &str =
        r#"{"_auth_user_id":"7","cart":[1.0,{"z":1e-07,"a":123456789012345678901234567890}],"_session_expiry":300}"#;

    fn times() -> (Timestamp, Timestamp) {
        (Timestamp::from_second(1_000).unwrap(), Timestamp::from_second(2_000).unwrap())
    }

    fn read(members: &Members) -> Session {
        super::read(members, times(), 7)
    }

    fn members(json: &str) -> Members {
        serde_json::from_str(json).unwrap()
    }

    fn text(members: &Members) -> String {
        serde_json::to_string(members).unwrap()
    }

    #[test]
    fn what_a_site_keeps_is_left_as_it_is_and_named_but_not_shown() {
        let mut members = members(DJANGO);
        let mut session = read(&members);
        assert!(session.login.is_none() && session.items == Items::default());
        assert_eq!(session.others, ["_auth_user_id", "cart", "_session_expiry"]);
        assert_eq!(session.expiry, Expiry::AfterIdleness(std::time::Duration::from_mins(5)));
        write(&mut members, &session).unwrap();
        assert_eq!(text(&members), DJANGO, "nothing of ours is to be kept, and nothing is written");
        let item = Item { value: "dark".to_owned(), expires_at: None };
        session.items.insert("theme".parse().unwrap(), item);
        write(&mut members, &session).unwrap();
        let with_item = DJANGO.replacen("300}", r#"300,"authlab_items":{"theme":"dark"}}"#, 1);
        assert_eq!(text(&members), with_item);
        session.items.clear();
        write(&mut members, &session).unwrap();
        assert_eq!(text(&members), DJANGO);
    }

    #[test]
    fn what_a_site_keeps_among_the_items_is_left_there() {
        let json = r#"{"authlab_items":{"count":3,"a key":"x","theme":"dark"}}"#;
        let mut members = members(json);
        let mut session = read(&members);
        let shown: Vec<&str> = session.items.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(shown, ["theme"]);
        session.items.clear();
        write(&mut members, &session).unwrap();
        assert_eq!(text(&members), r#"{"authlab_items":{"count":3,"a key":"x"}}"#);
    }

    #[test]
    fn what_is_no_session_of_ours_is_nobodys() {
        for json in ["{}", r#"{"_authlab":5,"authlab_items":"x"}"#, r#"{"_authlab":{"login":{"id":"x"}}}"#] {
            let session = read(&members(json));
            assert!(session.login.is_none() && session.items == Items::default() && session.owner.is_none(), "{json}");
        }
    }

    #[test]
    fn a_session_full_of_tiny_items_is_written_at_once() {
        let item = |number| (format!("{number:x}").parse().unwrap(), Item { value: String::new(), expires_at: None });
        let items: Items = (0..16_000).map(item).collect();
        let mut session = Session { items, ..Session::new(times().0, times().1) };
        let mut members = Members::default();
        #[expect(clippy::disallowed_methods, reason = "a duration is measured, no time is told")]
        let began = std::time::Instant::now();
        write(&mut members, &session).unwrap();
        write(&mut members, &session).unwrap();
        session.items.clear();
        write(&mut members, &session).unwrap();
        assert!(began.elapsed() < std::time::Duration::from_secs(3), "{:?}", began.elapsed());
        assert_eq!(text(&members), "{}");
    }

    proptest! {
        #[test]
        fn every_session_comes_back(
            items in prop::collection::btree_map("[A-Za-z0-9_-]{1,64}", (any::<String>(), prop::option::of(0_i64..4_000_000_000)), 0..5),
            username in any::<String>(),
            user_agent in prop::option::of(any::<String>()),
            logged_in: bool,
        ) {
            let instant = |seconds| Timestamp::from_second(seconds).unwrap();
            let items: Items = items
                .into_iter()
                .map(|(key, (value, end))| (key.parse().unwrap(), Item { value, expires_at: end.map(instant) }))
                .collect();
            let mut session = Session { items, ..Session::new(times().0, times().1) };
            if logged_in {
                let account = Account { id: 5, username, generation: 7 };
                let id = LoginId("0123".to_owned());
                session.begin_login(SessionLogin { id, account, device: Device { user_agent }, issued_at: instant(9) });
            }
            let mut members = Members::default();
            write(&mut members, &session).unwrap();
            prop_assert_eq!(read(&members), session);
        }
    }
}
