//! Items as separate cookies. Each is sealed for its name and salt, so a value moved to another cookie does not open.

use std::collections::BTreeMap;

use authlab_clock::{Clock, after};
use authlab_django_signing::{BadSignature, Freshness, LegacySalt, Salt, SignedCookie, cookie_value};
use authlab_mechanism::{
    handover::{CookieChange, Handover, NewCookie},
    items::{Item, ItemKey, NewItem, Opening, Seal, Sealing, Which},
    presented::Presented,
    refusal::Refusal,
};
use authlab_secrets::{Secret, keys::Keys};
use jiff::Timestamp;

use crate::{
    login_cookie::LOGIN,
    private::{PrivateItems, Purpose},
};

/// Maximum size in bytes of all cookies of a client. A client with more cookies than servers and proxies accept could not log in, and
/// could not delete any cookie either.
const MAX_TOTAL_BYTES: usize = 12 * 1024;
/// Maximum number of a client's items that are opened in one request.
const MAX_ITEMS: usize = 100;
/// Maximum length of a salt in characters.
const MAX_SALT_LENGTH: usize = 128;

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

    /// `owner`, here and below, is the username of the account that is logged in. It matters for private items.
    pub(crate) fn put(&self, presented: &Presented, item: NewItem, owner: Option<&str>) -> Result<Handover, Refusal> {
        if item.key.as_str() == LOGIN {
            return Err(Refusal::InvalidInput(
                "`login` is the name of the login cookie; choose another name for the item".to_owned(),
            ));
        }
        if item.sealing.salt.chars().count() > MAX_SALT_LENGTH {
            return Err(Refusal::InvalidInput(format!("a salt must have at most {MAX_SALT_LENGTH} characters")));
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

    /// `None` if there is no such cookie. A cookie that does not open is refused, and its value is not revealed.
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
        let refused = |error: BadSignature| Refusal::BadSignature(format!("cannot open the cookie `{name}`: {error}"));
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

    /// Every cookie that opens as signed or private with the empty salt, at most [`MAX_ITEMS`]. Skips other cookies, changed ones, and
    /// names with two different values.
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

    /// The names of all items, even if another value of the name is present. An item that a logout leaves behind could be read by the
    /// next user.
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

/// A plain cookie does not show whether it is an item, so every cookie that could be an item counts.
fn refuse_too_much(presented: &Presented, name: &str, value: &str) -> Result<(), Refusal> {
    if presented.bytes_of_cookies_but(name) + name.len() + value.len() > MAX_TOTAL_BYTES {
        return Err(Refusal::TooLarge { what: "all cookies of a client together", limit: MAX_TOTAL_BYTES });
    }
    let others = presented.cookie_names().filter(|other| ![LOGIN, name].contains(other));
    if others.filter(|other| other.parse::<ItemKey>().is_ok()).count() >= MAX_ITEMS {
        return Err(Refusal::TooMany { what: "items", limit: MAX_ITEMS });
    }
    Ok(())
}
