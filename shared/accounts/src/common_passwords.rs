//! Common passwords, and the user's own name as a password: attackers guess these first.
//!
//! `shared/assets/README.md` names the list's origin. The whole password is compared, not the words in it (NIST SP 800-63B-4 §3.1.1.2).
//! A common password that is repeated up to four times is refused too: users would reach the minimum length with `passwordpassword`.

use std::{collections::HashSet, io::Read as _, sync::LazyLock};

use flate2::read::GzDecoder;

use super::username::{self, Username};

const LIST: &[u8] = include_bytes!("../assets/common-passwords.txt.gz");

/// Shorter entries of the list are dropped. No password may be that short, and repeating one does not make a common password.
const MIN_ENTRY_LENGTH: usize = 4;
/// How many times a common password may be repeated and still count as common.
const MAX_REPETITIONS: usize = 4;

/// Folded as usernames are, so that case and width do not matter.
static COMMON: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut text = String::new();
    GzDecoder::new(LIST).read_to_string(&mut text).expect("the list is text, compressed");
    text.lines().filter(|line| line.len() >= MIN_ENTRY_LENGTH).map(username::key).collect()
});

/// Whether attackers would guess this password early for this user.
pub(super) fn include(password: &str, user: &Username) -> bool {
    let password = username::key(password);
    let guessed = |text: &str| COMMON.contains(text) || text == user.key();
    let unit = unit(&password);
    guessed(&password) || (password.len() <= unit.len() * MAX_REPETITIONS && guessed(unit))
}

/// The shortest prefix whose repetition, cut at the end, gives the whole text.
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
        let name = "Alice.Example@example.com";
        let user = name.parse().unwrap();
        let common = ["password", "PASSWORD", "ｐａｓｓｗｏｒｄ", "123456789012345", "1q2w3e4r5t6y7u8i"];
        let repeated = ["passwordpassword", "PasswordPassword", &name.to_lowercase().repeat(2)];
        let named = [name.to_lowercase(), name.to_uppercase()];
        for password in common.into_iter().chain(repeated).chain(named.iter().map(String::as_str)) {
            assert!(include(password, &user), "{password}");
        }
        let phrases = ["correct horse battery staple", "password of the house", "tiny words here"];
        for password in phrases.into_iter().chain(["alice.example", "长长长长长长长长长长长长长长长"]) {
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
