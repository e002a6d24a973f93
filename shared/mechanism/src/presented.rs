//! The cookies and tokens of a request, read but not verified.

use std::collections::{HashMap, HashSet};

use authlab_secrets::Secret;
use zeroize::Zeroizing;

use crate::refusal::Refusal;

/// Maximum number of different values of one name that are considered: more than any browser keeps for one site.
const MAX_VALUES: usize = 100;
/// Up to this number, searching a list is faster than filling a hash map. Most clients send fewer cookies.
const MAX_LIST_SEARCH: usize = 16;

/// The parts of a request that a mechanism may read.
#[derive(Clone, Debug, Default)]
pub struct Presented {
    cookies: Cookies,
    bearer: Option<Secret>,
    query: Option<Secret>,
}

/// The cookies of one request in their order. All names and values are in one text, which is wiped when dropped. `Debug` shows only
/// their number.
#[derive(Clone, Default)]
pub struct Cookies {
    text: Zeroizing<String>,
    pairs: Vec<Pair>,
}

/// Where a name begins, where its value begins, and where the value ends.
#[derive(Clone, Copy)]
struct Pair {
    name: usize,
    value: usize,
    end: usize,
}

impl Presented {
    /// The request of a client that holds these credentials.
    pub fn new(pairs: Vec<(String, Secret)>, bearer: Option<Secret>, query: Option<Secret>) -> Self {
        let bytes = pairs.iter().map(|(name, value)| name.len() + value.expose().len()).sum();
        let mut cookies = Cookies::with_capacity(bytes);
        for (name, value) in pairs {
            cookies.push(&name, value.expose());
        }
        Self::read(cookies, bearer, query)
    }

    /// The credentials read from a request.
    pub fn read(cookies: Cookies, bearer: Option<Secret>, query: Option<Secret>) -> Self {
        Self { cookies, bearer, query }
    }

    /// The value of the cookie that carries a credential.
    ///
    /// `None` if several cookies of this name have different values, since it is unknown which one is the user's own. An attacker on a
    /// sibling domain can add one (cookie tossing). Equal values count as one.
    pub fn credential(&self, name: &str) -> Option<&str> {
        let mut values = self.values(name);
        let first = values.next()?;
        values.all(|value| value == first).then_some(first)
    }

    /// Every value of the cookie that carries a credential, without duplicates. A logout ends all of them.
    pub fn credentials(&self, name: &str) -> Vec<&str> {
        let mut seen = HashSet::new();
        self.values(name).filter(|value| seen.insert(*value)).take(MAX_VALUES).collect()
    }

    /// The value of the cookie that carries an item. Different values of one name are refused; equal values count as one.
    pub fn cookie(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.credential(name) {
            None if self.shows(name) => Err(Refusal::Ambiguous(format!(
                "the cookie `{name}` was sent more than once, with different values; delete it and set it again"
            ))),
            value => Ok(value),
        }
    }

    /// Each cookie once, in their order; `None` if two values of one name differ. Linear in the number of cookies, since a client can
    /// send thousands.
    pub fn cookies(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let mut found: Vec<(&str, Option<&str>)> = Vec::new();
        let mut places = HashMap::new();
        let many = self.cookies.pairs.len() > MAX_LIST_SEARCH;
        for (name, value) in self.cookies.iter() {
            let place = if many {
                *places.entry(name).or_insert(found.len())
            } else {
                found.iter().position(|(other, _)| *other == name).unwrap_or(found.len())
            };
            match found.get_mut(place) {
                None => found.push((name, Some(value))),
                Some((_, first)) if *first != Some(value) => *first = None,
                Some(_) => {}
            }
        }
        found.into_iter()
    }

    /// The names of all cookies in their order, without duplicates.
    pub fn cookie_names(&self) -> impl Iterator<Item = &str> {
        self.cookies().map(|(name, _)| name)
    }

    /// Whether there is a cookie of this name.
    pub fn shows(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }

    /// Whether there are several cookies of this name, with equal or different values. They come from different scopes.
    pub fn shows_several(&self, name: &str) -> bool {
        self.values(name).nth(1).is_some()
    }

    /// Every value of this name.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.cookies.iter().filter(move |(found, _)| *found == name).map(|(_, value)| value)
    }

    /// The approximate size in bytes of all cookies except `name` in a request.
    pub fn bytes_of_cookies_but(&self, name: &str) -> usize {
        let others = self.cookies.iter().filter(|(other, _)| *other != name);
        others.map(|(name, value)| name.len() + value.len() + "=; ".len()).sum()
    }

    /// The token in `Authorization: Bearer`.
    pub fn bearer(&self) -> Option<&Secret> {
        self.bearer.as_ref()
    }

    /// The token in `?token=`.
    pub fn query(&self) -> Option<&Secret> {
        self.query.as_ref()
    }

    /// Replaces all cookies of this name by this one.
    pub fn replace_cookie(&mut self, name: &str, value: &Secret) {
        let mut replaced = Cookies::with_capacity(self.cookies.text.len() + name.len() + value.expose().len());
        for (other, value) in self.cookies.iter().filter(|(other, _)| *other != name) {
            replaced.push(other, value);
        }
        replaced.push(name, value.expose());
        self.cookies = replaced;
    }
}

impl Cookies {
    /// Allocates space for so many bytes of names and values: a reallocation would leave a copy that is not wiped.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { text: Zeroizing::new(String::with_capacity(bytes)), pairs: Vec::new() }
    }

    pub fn push(&mut self, name: &str, value: &str) {
        let at = self.text.len();
        self.text.push_str(name);
        self.text.push_str(value);
        self.pairs.push(Pair { name: at, value: at + name.len(), end: self.text.len() });
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|pair| (&self.text[pair.name..pair.value], &self.text[pair.value..pair.end]))
    }
}

impl std::fmt::Debug for Cookies {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Cookies({})", self.pairs.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Presented, Refusal, Secret};

    fn of(pairs: &[(&str, &str)]) -> Presented {
        Presented::new(
            pairs.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(*value))).collect(),
            None,
            None,
        )
    }

    #[test]
    fn equal_values_are_one_and_of_different_values_none_is_believed() {
        let presented = of(&[("id", "a"), ("x", "1"), ("id", "a"), ("x", "2")]);
        assert_eq!(presented.credential("id"), Some("a"));
        assert!(matches!(presented.cookie("id"), Ok(Some("a"))));
        assert_eq!(presented.credential("x"), None);
        assert!(matches!(presented.cookie("x"), Err(Refusal::Ambiguous(_))));
        assert_eq!(presented.credentials("x"), ["1", "2"]);
        assert_eq!(presented.credentials("id"), ["a"]);
        assert!(matches!(presented.cookie("none"), Ok(None)));
    }

    #[test]
    fn a_replaced_cookie_is_the_only_one_of_its_name() {
        let mut presented = of(&[("id", "a"), ("x", "1"), ("id", "b")]);
        presented.replace_cookie("id", &Secret::new("c"));
        assert_eq!(presented.cookies().collect::<Vec<_>>(), [("x", Some("1")), ("id", Some("c"))]);
    }

    #[test]
    fn neither_names_nor_values_are_shown() {
        assert_eq!(format!("{:?}", of(&[("id", "secret")]).cookies), "Cookies(1)");
    }

    proptest! {
        /// Few cookies are searched in a list, many in a hash map.
        #[test]
        fn each_cookie_is_listed_as_it_is_read_by_name(pairs in prop::collection::vec(("[a-e]{1,2}", "[xy]"), 0..60)) {
            let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let presented = of(&pairs);
            let listed: Vec<(&str, Option<&str>)> = presented.cookies().collect();
            for (at, (name, value)) in listed.iter().enumerate() {
                prop_assert!(!listed[..at].iter().any(|(earlier, _)| earlier == name));
                prop_assert_eq!(presented.credential(name), *value);
            }
            prop_assert!(pairs.iter().all(|(name, _)| listed.iter().any(|(found, _)| found == name)));
        }
    }
}
