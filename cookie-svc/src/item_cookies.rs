//! Items as cookies of their own, each sealed for its name and salt: a value moved to another cookie does not open.

use std::collections::BTreeMap;

use jiff::Timestamp;
use shared::{
    clock::{Clock, after},
    django::{BadSignature, Freshness, LegacySalt, Salt, SignedCookie, cookie_value},
    handover::{CookieChange, Handover, NewCookie},
    items::{Item, ItemKey, NewItem, Opening, Seal, Sealing, Which},
    keys::Keys,
    presented::Presented,
    refusal::Refusal,
    secret::Secret,
};

use crate::{
    login_cookie::LOGIN,
    private::{PrivateItems, Purpose},
};

/// What all cookies of one client may take together: a client that carries more than servers and proxies read is locked
/// out, with no way to say that it would like to carry less.
const MOST_BYTES: usize = 12 * 1024;
/// Items of one client that are opened in one request.
const MAX_ITEMS: usize = 100;
/// Characters of a salt.
const LONGEST_SALT: usize = 128;

#[derive(Debug)]
pub(crate) struct ItemCookies {
    signed: SignedCookie,
    private: PrivateItems,
    clock: Clock,
}

impl ItemCookies {
    pub(crate) fn new(keys: &Keys, clock: Clock, legacy: LegacySalt) -> Self {
        Self { signed: SignedCookie::new(keys.bytes(), legacy), private: PrivateItems::new(keys), clock }
    }

    /// `owner` here and below: the username of the account that is logged in, for private items.
    pub(crate) fn put(&self, presented: &Presented, item: NewItem, owner: Option<&str>) -> Result<Handover, Refusal> {
        if item.key.as_str() == LOGIN {
            return Err(Refusal::InvalidInput(
                "`login` is the cookie of the login; name the item otherwise".to_owned(),
            ));
        }
        if item.sealing.salt.chars().count() > LONGEST_SALT {
            return Err(Refusal::InvalidInput(format!("a salt has {LONGEST_SALT} characters at most")));
        }
        let max_age = item.max_age;
        let value = self.seal(&item, owner);
        let name = item.key.into_string();
        refuse_too_much(presented, &name, &value)?;
        Ok(Handover::set_cookie(NewCookie { name, value: Secret::new(value), max_age }))
    }

    fn seal(&self, item: &NewItem, owner: Option<&str>) -> String {
        let (name, salt, now) = (item.key.as_str(), item.sealing.salt.as_str(), self.clock.now());
        match item.sealing.seal {
            Seal::Plain => cookie_value::extend(&item.value),
            Seal::Signed => self.signed.sign(name, Salt(salt), &cookie_value::extend(&item.value), now.as_second()),
            Seal::Private => {
                let end = item.max_age.map(|max_age| after(now, max_age));
                self.private.seal(Purpose { name, salt, owner }, &item.value, end)
            }
        }
    }

    /// `None` if there is no such cookie; one that does not open is refused, and its value not told.
    pub(crate) fn open(
        &self,
        presented: &Presented,
        name: &str,
        opening: &Opening,
        owner: Option<&str>,
    ) -> Result<Option<Item>, Refusal> {
        if name == LOGIN {
            return Ok(None);
        }
        let Some(value) = presented.cookie(name)? else { return Ok(None) };
        let refused =
            |error: BadSignature| Refusal::BadSignature(format!("the cookie `{name}` was not opened: {error}"));
        self.opened((name, owner), value, opening).map(Some).map_err(refused)
    }

    fn opened(
        &self,
        (name, owner): (&str, Option<&str>),
        value: &str,
        opening: &Opening,
    ) -> Result<Item, BadSignature> {
        let Opening { max_age, sealing: Sealing { seal, salt } } = opening;
        let now = self.clock.seconds();
        let text = match seal {
            Seal::Plain => value,
            Seal::Signed => self.signed.unsign(name, Salt(salt), value, Freshness { now, max_age: *max_age })?.value,
            Seal::Private => return self.private.open(Purpose { name, salt, owner }, value, now),
        };
        let value = cookie_value::reduce(text).ok_or(BadSignature::Malformed)?;
        Ok(Item { value, expires_at: None::<Timestamp> })
    }

    /// Every cookie that opens as signed or private under the empty salt, [`MAX_ITEMS`] of them. Cookies of others, ours that
    /// were tampered with, and names with two values are passed over.
    pub(crate) fn all(&self, presented: &Presented, owner: Option<&str>) -> BTreeMap<String, String> {
        let items = presented.cookies().filter_map(|(name, value)| {
            if name == LOGIN {
                return None;
            }
            Some((name.to_owned(), self.opened_unsalted((name, owner), value?)?))
        });
        items.take(MAX_ITEMS).collect()
    }

    fn opened_unsalted(&self, whose: (&str, Option<&str>), value: &str) -> Option<String> {
        let opens = |seal| {
            let opening = Opening { max_age: None, sealing: Sealing { seal, salt: String::new() } };
            self.opened(whose, value, &opening).ok()
        };
        opens(Seal::Signed).or_else(|| opens(Seal::Private)).map(|item| item.value)
    }

    /// The names of all items, also where another value of the same name is shown: the next user could read an item that a logout leaves
    /// behind.
    fn names_of_all(&self, presented: &Presented, owner: Option<&str>) -> Vec<String> {
        let is_item = |name: &str, value: Option<&str>| match value {
            Some(value) => self.opened_unsalted((name, owner), value).is_some(),
            None => presented
                .credentials(name)
                .into_iter()
                .any(|value| self.opened_unsalted((name, owner), value).is_some()),
        };
        let items = presented.cookies().filter(|(name, value)| *name != LOGIN && is_item(name, *value));
        items.map(|(name, _)| name.to_owned()).take(MAX_ITEMS).collect()
    }

    pub(crate) fn remove(&self, presented: &Presented, which: Which<'_>, owner: Option<&str>) -> Handover {
        let names: Vec<String> = match which {
            Which::One(key) if key.as_str() == LOGIN => Vec::new(),
            Which::One(key) => vec![key.as_str().to_owned()],
            Which::All => self.names_of_all(presented, owner),
        };
        Handover { cookies: names.into_iter().map(CookieChange::Delete).collect(), token: None }
    }
}

/// Whether a cookie is an item of ours cannot be told of a plain one: each that could be one counts.
fn refuse_too_much(presented: &Presented, name: &str, value: &str) -> Result<(), Refusal> {
    if presented.bytes_of_cookies_but(name) + name.len() + value.len() > MOST_BYTES {
        return Err(Refusal::TooLarge { what: "all cookies of a client together", limit: MOST_BYTES });
    }
    let others = presented.cookie_names().filter(|other| ![LOGIN, name].contains(other));
    if others.filter(|other| other.parse::<ItemKey>().is_ok()).count() >= MAX_ITEMS {
        return Err(Refusal::TooMany { what: "items", limit: MAX_ITEMS });
    }
    Ok(())
}
