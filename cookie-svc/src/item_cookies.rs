//! Items as cookies of their own, each signed for its name: a value moved to another cookie does not open.

use std::collections::BTreeMap;

use shared::{
    clock::Clock,
    django::{BadSignature, Freshness, Salt, SignedCookie, cookie_value},
    handover::{CookieChange, Handover, NewCookie},
    items::{Item, NewItem, Opening, Which},
    keys::Keys,
    presented::Presented,
    refusal::Refusal,
    secret::Secret,
};

use crate::login_cookie::LOGIN;

/// What all cookies of one client may take together: a client that carries more than servers and proxies read is locked
/// out, with no way to say that it would like to carry less.
const MOST_BYTES: usize = 12 * 1024;

#[derive(Debug)]
pub(crate) struct ItemCookies {
    signer: SignedCookie,
    clock: Clock,
}

impl ItemCookies {
    pub(crate) fn new(keys: &Keys, clock: Clock) -> Self {
        Self { signer: SignedCookie::new(keys.bytes()), clock }
    }

    pub(crate) fn put(&self, presented: &Presented, item: NewItem) -> Result<Handover, Refusal> {
        if item.key.as_str() == LOGIN {
            return Err(Refusal::InvalidInput(
                "`login` is the cookie of the login; name the item otherwise".to_owned(),
            ));
        }
        let text = cookie_value::extend(&item.value);
        let value = self.signer.sign(item.key.as_str(), Salt(""), &text, self.clock.seconds());
        let name = item.key.into_string();
        if presented.bytes_of_cookies_but(&name) + name.len() + value.len() > MOST_BYTES {
            return Err(Refusal::TooLarge { what: "all cookies of a client together", limit: MOST_BYTES });
        }
        Ok(Handover::set_cookie(NewCookie { name, value: Secret::new(value), max_age: item.max_age }))
    }

    /// `None` if there is no such cookie; one that does not open is refused, and its value not told.
    pub(crate) fn open(&self, presented: &Presented, key: &str, opening: &Opening) -> Result<Option<Item>, Refusal> {
        if key == LOGIN {
            return Ok(None);
        }
        let Some(signed) = presented.cookie(key)? else { return Ok(None) };
        let refused =
            |error: BadSignature| Refusal::BadSignature(format!("the cookie `{key}` was not opened: {error}"));
        let fresh = Freshness { now: self.clock.seconds(), max_age: opening.max_age };
        let text = self.signer.unsign(key, Salt(""), signed, fresh).map_err(refused)?.value;
        let value = cookie_value::reduce(text).ok_or(BadSignature::Malformed).map_err(refused)?;
        Ok(Some(Item { value, expires_at: None }))
    }

    /// Every cookie that opens. Cookies of others, and ours that were tampered with, are passed over.
    pub(crate) fn all(&self, presented: &Presented) -> BTreeMap<String, String> {
        let opened = |name: &str| self.open(presented, name, &Opening::default()).ok().flatten();
        presented.cookie_names().filter_map(|name| Some((name.to_owned(), opened(name)?.value))).collect()
    }

    pub(crate) fn remove(&self, presented: &Presented, which: Which<'_>) -> Handover {
        let names: Vec<String> = match which {
            Which::One(key) if key.as_str() == LOGIN => Vec::new(),
            Which::One(key) => vec![key.as_str().to_owned()],
            Which::All => self.all(presented).into_keys().collect(),
        };
        Handover { cookies: names.into_iter().map(CookieChange::Delete).collect(), token: None }
    }
}
