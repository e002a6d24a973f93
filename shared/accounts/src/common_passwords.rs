//! Passwords that are guessed first: a list of common ones, and what anybody would try for a given user.
//!
//! The list's origin is in `shared/assets/README.md`. As NIST SP 800-63B-4 §3.1.1.2 asks, the whole password is compared and not a word
//! within it; so that a minimum length does not turn `password` into `passwordpassword`, a common one written a few times counts as common.

use std::{collections::HashSet, io::Read as _, sync::LazyLock};

use flate2::read::GzDecoder;

use super::username::{self, Username};

const LIST: &[u8] = include_bytes!("../assets/common-passwords.txt.gz");

/// Bytes that an entry of the list must have. No password may be as short as those below, and what repeats them is no common one.
const SHORTEST_KEPT: usize = 4;
/// As often a common one is written until it is long enough.
const TIMES: usize = 4;

/// In the form that names are compared in.
static COMMON: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut text = String::new();
    GzDecoder::new(LIST).read_to_string(&mut text).expect("the list is text, compressed");
    text.lines().filter(|line| line.len() >= SHORTEST_KEPT).map(username::key).collect()
});

/// Whether this would be among the first guesses for this user.
pub(super) fn include(password: &str, user: &Username) -> bool {
    let password = username::key(password);
    let guessed = |text: &str| COMMON.contains(text) || text == user.key();
    let unit = unit(&password);
    guessed(&password) || (password.len() <= unit.len() * TIMES && guessed(unit))
}

/// The shortest beginning that, written again and again and cut off at the end, is the whole text.
fn unit(text: &str) -> &str {
    let starts = text.char_indices().skip(1).map(|(at, _)| at);
    let period = starts.into_iter().find(|&at| text.starts_with(&text[at..])).unwrap_or(text.len());
    &text[..period]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{include, unit};

    #[test]
    fn common_ones_repeated_ones_and_the_name_itself_are_guessed_first() {
        let user = "Alice.Example@example.com".parse().unwrap();
        for password in [
            "password",
            "PASSWORD",
            "ｐａｓｓｗｏｒｄ",
            "passwordpassword",
            "PasswordPassword",
            "123456789012345",
            "alice.example@example.com",
            "ALICE.EXAMPLE@EXAMPLE.COM",
            "alice.example@example.comalice.example@example.com",
            "1q2w3e4r5t6y7u8i",
        ] {
            assert!(include(password, &user), "{password}");
        }
        for password in [
            "correct horse battery staple",
            "password of the house",
            "alice.example",
            "tiny words here",
            "长长长长长长长长长长长长长长长",
        ] {
            assert!(!include(password, &user), "{password}");
        }
    }

    proptest! {
        #[test]
        fn a_unit_repeated_is_the_text(text in "[ab\u{e9}]{0,12}") {
            let unit = unit(&text);
            prop_assert!(unit.chars().cycle().take(text.chars().count()).eq(text.chars()));
        }
    }
}
