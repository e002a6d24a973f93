//! The content of the login cookie: a JSON object. Its names have one letter, since they are sent with every request.

use serde::{Deserialize, Serialize, de::IgnoredAny};

/// A cookie with only `u` comes from version 0.1 or from Django.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Read")]
pub(crate) struct Payload {
    #[serde(rename = "u")]
    pub(crate) username: String,
    /// The account's id.
    #[serde(rename = "a", skip_serializing_if = "Option::is_none")]
    pub(crate) account: Option<i64>,
    /// The account's generation when this login began.
    #[serde(rename = "g", skip_serializing_if = "is_zero")]
    pub(crate) generation: i64,
    /// Distinguishes logins of the same second.
    #[serde(rename = "n", skip_serializing_if = "String::is_empty")]
    pub(crate) nonce: String,
    /// When the login ends, in seconds since the epoch.
    #[serde(rename = "e", skip_serializing_if = "Option::is_none")]
    pub(crate) end: Option<i64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// The members of the JSON object.
#[derive(Deserialize)]
struct Read {
    u: String,
    a: Option<i64>,
    #[serde(default)]
    g: i64,
    #[serde(default)]
    n: String,
    e: Option<i64>,
    /// A site may have signed more. Without this field, serde would also accept an array.
    #[serde(flatten)]
    _others: IgnoredAny,
}

impl TryFrom<Read> for Payload {
    type Error = &'static str;

    /// All members or none: only together do they identify a login and order it among endings.
    fn try_from(Read { u, a, g, n, e, .. }: Read) -> Result<Self, Self::Error> {
        let whole = if n.is_empty() { a.is_none() && g == 0 } else { a.is_some() && e.is_some() && g >= 0 };
        let payload = Self { username: u, account: a, generation: g, nonce: n, end: e };
        whole.then_some(payload).ok_or("members are missing")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Payload;

    fn read(json: &str) -> Option<Payload> {
        serde_json::from_str(json).ok()
    }

    #[test]
    fn a_cookie_of_the_first_edition_names_the_user_and_nothing_else() {
        let first = read(r#"{"u":"alice"}"#).unwrap();
        assert_eq!((first.account, first.generation, first.end), (None, 0, None));
        assert_eq!(serde_json::to_string(&first).unwrap(), r#"{"u":"alice"}"#);
        assert!(read(r#"{"u":"alice","theme":"dark"}"#).is_some(), "a site may have signed more");
    }

    #[test]
    fn what_is_no_whole_object_is_no_login() {
        for bad in [
            r#"["alice"]"#,
            r#""alice""#,
            "null",
            "{}",
            r#"{"u":1}"#,
            r#"{"u":"alice","u":"bob"}"#,
            r#"{"u":"alice","n":"AAAAAAAAAAA"}"#,
            r#"{"u":"alice","a":1,"e":2}"#,
            r#"{"u":"alice","g":9}"#,
            r#"{"u":"alice","a":1,"n":"AAAAAAAAAAA"}"#,
            r#"{"u":"alice","a":1,"n":"AAAAAAAAAAA","e":2,"g":-1}"#,
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(
            username in any::<String>(), account in any::<i64>(), generation in 0..i64::MAX, end in any::<i64>(),
        ) {
            let payload = Payload {
                username, account: Some(account), generation, nonce: "AAAAAAAAAAA".to_owned(), end: Some(end),
            };
            prop_assert_eq!(read(&serde_json::to_string(&payload).unwrap()), Some(payload));
        }
    }
}
