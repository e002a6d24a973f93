//! The client's cookies: name, value and path, as far as one host needs them.

use std::time::Duration;

use tokio::time::Instant;

use crate::journey::transcript::Held;

use super::{set_cookie::SetCookie, shortened};

#[derive(Clone, Debug, Default)]
pub struct Jar(Vec<Kept>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Kept {
    name: String,
    value: String,
    path: String,
    /// `None`: the cookie lives as long as the client.
    ends: Option<Instant>,
}

impl Kept {
    fn lives(&self) -> bool {
        self.ends.is_none_or(|ends| Instant::now() < ends)
    }
}

impl Jar {
    /// Stores the cookies that an answer sets, and deletes the cookies that it deletes.
    pub(super) fn keep(&mut self, asked_path: &str, cookies: impl Iterator<Item = SetCookie>) {
        for cookie in cookies {
            let path = path_of(&cookie, asked_path);
            self.0.retain(|kept| kept.name != cookie.name || kept.path != path);
            if !cookie.deletes() {
                let seconds = cookie.max_age().and_then(|seconds| u64::try_from(seconds).ok());
                let ends = seconds.and_then(|seconds| Instant::now().checked_add(Duration::from_secs(seconds)));
                self.0.push(Kept { name: cookie.name, value: cookie.value, path, ends });
            }
        }
    }

    /// The cookie pairs for a request to this path. Longer paths come first (RFC 6265 §5.4).
    pub(super) fn pairs_for(&self, asked_path: &str) -> Vec<String> {
        let mut kept: Vec<&Kept> = self.living().filter(|kept| covers(&kept.path, asked_path)).collect();
        kept.sort_by_key(|kept| std::cmp::Reverse(kept.path.len()));
        kept.iter().map(|kept| format!("{}={}", kept.name, kept.value)).collect()
    }

    /// The value of the cookie with this name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.living().find(|kept| kept.name == name).map(|kept| kept.value.as_str())
    }

    /// The values of all cookies.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.living().map(|kept| kept.value.as_str())
    }

    /// Replaces a cookie's value: how a client tampers with it.
    pub fn replace(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        match self.0.iter_mut().find(|kept| kept.name == name) {
            Some(kept) => kept.value = value,
            None => self.0.push(Kept { name: name.to_owned(), value, path: "/".to_owned(), ends: None }),
        }
    }

    /// Deletes the cookies with this name, as a browser does when they expire.
    pub fn forget(&mut self, name: &str) {
        self.0.retain(|kept| kept.name != name);
    }

    fn living(&self) -> impl Iterator<Item = &Kept> {
        self.0.iter().filter(|kept| kept.lives())
    }

    pub(super) fn held(&self) -> impl Iterator<Item = Held> {
        self.living().map(|kept| Held {
            kind: "cookie",
            name: kept.name.clone(),
            value: shortened::secret(&kept.value),
            // The pair, `=`, and the `; ` before the next pair.
            bytes: kept.name.len() + kept.value.len() + 3,
        })
    }
}

/// The path of a cookie: its attribute, or the folder of the request's path (RFC 6265 §5.1.4).
fn path_of(cookie: &SetCookie, asked_path: &str) -> String {
    match cookie.attribute("path") {
        Some(path) if path.starts_with('/') => path.to_owned(),
        _ => match without_query(asked_path).rfind('/') {
            Some(last) if last > 0 => asked_path[..last].to_owned(),
            _ => "/".to_owned(),
        },
    }
}

fn covers(cookie_path: &str, asked_path: &str) -> bool {
    without_query(asked_path)
        .strip_prefix(cookie_path)
        .is_some_and(|rest| rest.is_empty() || cookie_path.ends_with('/') || rest.starts_with('/'))
}

fn without_query(path: &str) -> &str {
    path.split('?').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Jar, SetCookie};

    fn jar(asked_path: &str, headers: &[&str]) -> Jar {
        let mut jar = Jar::default();
        for header in headers {
            jar.keep(asked_path, SetCookie::parse(header).into_iter());
        }
        jar
    }

    #[test]
    fn a_later_cookie_of_the_same_name_takes_the_place_of_the_earlier() {
        let jar = jar("/login", &["a=1; Path=/", "b=2; Path=/", "a=3; Path=/"]);
        assert_eq!(jar.pairs_for("/mine"), ["b=2", "a=3"]);
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
    fn a_cookie_without_a_path_is_for_the_folder_it_came_from() {
        let jar = jar("/items/note?seal=plain", &["a=1"]);
        assert_eq!(jar.pairs_for("/items/other"), ["a=1"]);
        assert!(jar.pairs_for("/mine").is_empty());
        assert!(jar.pairs_for("/itemsandmore").is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_cookie_is_gone_when_its_time_is_over() {
        let jar = jar("/", &["a=1; Path=/; Max-Age=60", "b=2; Path=/"]);
        tokio::time::advance(Duration::from_secs(59)).await;
        assert_eq!(jar.pairs_for("/"), ["a=1", "b=2"]);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(jar.pairs_for("/"), ["b=2"]);
    }

    #[test]
    fn the_cookie_with_the_longest_path_goes_first() {
        let jar = jar("/", &["a=root; Path=/", "a=items; Path=/items"]);
        assert_eq!(jar.pairs_for("/items/x"), ["a=items", "a=root"]);
    }

    #[test]
    fn what_is_held_is_never_shown_whole() {
        let jar = jar("/", &["sessionid=0123456789abcdef; Path=/"]);
        let held = jar.held().next().unwrap();
        assert_eq!((held.value.as_str(), held.bytes), ("012345…", 28));
    }
}
