//! The cookies of one client, kept and selected by the crate `cookie_store`.

use std::{cmp::Reverse, sync::LazyLock};

use cookie::Cookie;
use cookie_store::CookieStore;
use url::Url;

use crate::{recording::Holding, set_cookie::SetCookie, shortened};

/// A client talks to one host, so its jar needs no other. A copy of the jar can then be used at another instance, and browsers
/// treat this host as secure without TLS.
const HOST: &str = "localhost";
static ORIGIN: LazyLock<Url> =
    LazyLock::new(|| Url::parse(&format!("http://{HOST}")).expect("a constant, which is a URL"));

#[derive(Clone, Debug, Default)]
pub struct Jar(CookieStore);

impl Jar {
    /// Stores the cookies of an answer and drops those that it deletes.
    pub(crate) fn keep(&mut self, asked_path: &str, cookies: impl Iterator<Item = SetCookie>) {
        self.0.store_response_cookies(cookies.map(|cookie| Cookie::clone(&cookie)), &url(asked_path));
    }

    /// The pairs for a request to this path, those with the longest path first (RFC 6265 §5.4).
    pub(crate) fn pairs_for(&self, asked_path: &str) -> Vec<String> {
        let mut cookies = self.0.matches(&url(asked_path));
        cookies.sort_by_key(|cookie| Reverse(cookie.path.len()));
        cookies.iter().map(|cookie| format!("{}={}", cookie.name(), cookie.value())).collect()
    }

    /// The value of the cookie of this name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter_unexpired().find(|cookie| cookie.name() == name).map(|cookie| cookie.value())
    }

    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.0.iter_unexpired().map(|cookie| cookie.value())
    }

    /// Replaces the value of a cookie, or adds the cookie: how a client tampers.
    pub fn replace(&mut self, name: &str, value: impl Into<String>) {
        let value: String = value.into();
        let kept = self.0.iter_unexpired().find(|cookie| cookie.name() == name);
        let mut cookie =
            kept.map_or_else(|| Cookie::build((name.to_owned(), "")).path("/").build(), |kept| Cookie::clone(kept));
        cookie.set_value(value);
        self.keep("/", [cookie].into_iter().map(SetCookie::from));
    }

    /// Drops the cookies of this name, as a browser does when they expire.
    pub fn forget(&mut self, name: &str) {
        let named = self.0.iter_any().filter(|cookie| cookie.name() == name);
        let paths: Vec<String> = named.map(|cookie| String::from(&cookie.path)).collect();
        for path in paths {
            self.0.remove(HOST, &path, name);
        }
    }

    pub(crate) fn held(&self) -> impl Iterator<Item = Holding> {
        self.0.iter_unexpired().map(|cookie| Holding {
            kind: "cookie",
            name: cookie.name().to_owned(),
            value: shortened::secret(cookie.value()),
            // The pair, and the `; ` before the next one.
            bytes: cookie.name().len() + cookie.value().len() + 3,
        })
    }
}

fn url(asked_path: &str) -> Url {
    let mut url = ORIGIN.clone();
    url.set_path(asked_path.split('?').next().unwrap_or_default());
    url
}

#[cfg(test)]
mod tests {
    use super::{Jar, SetCookie};

    fn jar(asked_path: &str, headers: &[&str]) -> Jar {
        let mut jar = Jar::default();
        for header in headers {
            jar.keep(asked_path, SetCookie::parse(header).into_iter());
        }
        jar
    }

    #[test]
    fn a_later_cookie_replaces_an_earlier_one_in_its_place() {
        let jar = jar("/login", &["a=1; Path=/", "b=2; Path=/", "a=3; Path=/"]);
        assert_eq!(jar.pairs_for("/mine"), ["a=3", "b=2"], "RFC 6265 §5.3: the time of creation is kept");
    }

    #[test]
    fn a_deleted_cookie_is_gone() {
        assert!(jar("/", &["a=1; Path=/", "a=; Path=/; Max-Age=0"]).pairs_for("/").is_empty());
    }

    #[test]
    fn a_cookie_deleted_under_another_path_stays() {
        assert_eq!(jar("/", &["a=1; Path=/", "a=; Path=/x; Max-Age=0"]).pairs_for("/"), ["a=1"]);
    }

    #[test]
    fn a_query_is_no_part_of_the_path_that_a_cookie_is_for() {
        let jar = jar("/items/note?next=/mine", &["a=1"]);
        assert_eq!(jar.pairs_for("/items/other?seal=plain"), ["a=1"]);
        assert!(jar.pairs_for("/mine").is_empty());
    }

    #[test]
    fn the_cookie_with_the_longest_path_goes_first() {
        let jar = jar("/", &["a=root; Path=/", "a=items; Path=/items"]);
        assert_eq!(jar.pairs_for("/items/x"), ["a=items", "a=root"]);
    }

    #[test]
    fn a_value_goes_back_byte_by_byte_also_over_plain_http() {
        let header = "__Host-a=\"b=c%20\\073\"; HttpOnly; Secure; Path=/";
        assert_eq!(jar("/", &[header]).pairs_for("/"), ["__Host-a=\"b=c%20\\073\""]);
    }

    #[test]
    fn a_cookie_can_be_replaced_and_forgotten() {
        let mut jar = jar("/", &["a=1; Path=/", "a=2; Path=/x; Max-Age=60"]);
        jar.replace("a", "\"3\"");
        jar.replace("b", "4");
        assert_eq!(jar.pairs_for("/"), ["a=\"3\"", "b=4"]);
        jar.forget("a");
        assert_eq!(jar.pairs_for("/x"), ["b=4"]);
    }

    #[test]
    fn a_held_cookie_is_never_shown_whole() {
        let jar = jar("/", &["sessionid=0123456789abcdef; Path=/"]);
        let held = jar.held().next().unwrap();
        assert_eq!((held.value.as_str(), held.bytes), ("012345…", 28));
    }
}
