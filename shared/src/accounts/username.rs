//! Which names are one name: compared after NFKC and case folding, kept as they were typed.

use std::str::FromStr;

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::{CodePointMapData, props::GeneralCategory};

/// A name that may be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username {
    shown: String,
    key: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUsername {
    #[error("must not be empty")]
    Empty,
    #[error("at most {} characters", Username::MAX_LENGTH)]
    TooLong,
    #[error("must not begin or end with a space, nor hold control, invisible or unassigned characters")]
    Forbidden,
}

impl Username {
    pub const MAX_LENGTH: usize = 150;

    /// As it was typed.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// What it is compared by. The key of a key is the key itself.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl FromStr for Username {
    type Err = BadUsername;

    fn from_str(text: &str) -> Result<Self, BadUsername> {
        if text.is_empty() {
            return Err(BadUsername::Empty);
        }
        if text.chars().count() > Self::MAX_LENGTH {
            return Err(BadUsername::TooLong);
        }
        let key = key(text);
        let trimmed = key.trim() == key && text.trim() == text;
        if !trimmed || key.is_empty() || text.chars().chain(key.chars()).any(is_forbidden) {
            return Err(BadUsername::Forbidden);
        }
        Ok(Self { shown: text.to_owned(), key })
    }
}

/// Folding may undo what normalising did, and the other way round, so both go on until nothing moves. A key that could
/// be keyed further is how accounts have been taken over elsewhere.
fn key(text: &str) -> String {
    const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();
    let mut key = text.to_owned();
    loop {
        let next = NFKC.normalize(&CaseMapper::new().fold_string(&NFKC.normalize(&key))).into_owned();
        if next == key {
            return key;
        }
        key = next;
    }
}

fn is_forbidden(character: char) -> bool {
    use GeneralCategory as G;
    matches!(
        CodePointMapData::<GeneralCategory>::new().get(character),
        G::Control
            | G::Format
            | G::Surrogate
            | G::PrivateUse
            | G::Unassigned
            | G::LineSeparator
            | G::ParagraphSeparator
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BadUsername, Username, key};

    fn name(text: &str) -> Result<Username, BadUsername> {
        text.parse()
    }

    #[test]
    fn spellings_of_one_name_have_one_key() {
        let spellings = [("bob", "BOB"), ("bob", "ｂｏｂ"), ("bob", "ᴮᴼᴮ"), ("é", "e\u{301}"), ("straße", "STRASSE")];
        for (one, other) in spellings {
            assert_eq!(name(one).unwrap().key(), name(other).unwrap().key(), "{one} and {other}");
        }
        assert_ne!(name("bob").unwrap().key(), name("b\u{43e}b").unwrap().key(), "a Cyrillic o is another letter");
    }

    #[test]
    fn names_that_deceive_the_eye_are_refused() {
        for text in [" bob", "bob ", "bob\u{200b}", "\u{202e}bob", "bo\nb", "bo\0b", "\u{3000}bob"] {
            assert_eq!(name(text), Err(BadUsername::Forbidden), "{text:?}");
        }
        assert_eq!(name(""), Err(BadUsername::Empty));
        assert_eq!(name(&"é".repeat(151)), Err(BadUsername::TooLong));
        assert!(name(&"é".repeat(150)).is_ok());
    }

    proptest! {
        #[test]
        fn the_key_of_a_key_is_the_key(text in any::<String>()) {
            let once = key(&text);
            prop_assert_eq!(key(&once), once);
        }
    }
}
