//! Which spellings are the same username: compared by `NFKC_Casefold` (Unicode, UAX #31), stored as typed.

use std::str::FromStr;

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{BidiControl, DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup, WhiteSpace},
};

/// A username, and the key that it is compared by.
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
    #[error(
        "must not begin or end with a space, or contain control characters, text direction marks or unassigned characters"
    )]
    Forbidden,
    #[error("must contain a visible character: a letter, a digit or a sign")]
    ShowsNothing,
}

impl Username {
    pub const MAX_LENGTH: usize = 150;

    /// A name sent at login. Former versions registered names that would be refused today.
    pub fn typed(text: &str) -> Result<Self, BadUsername> {
        if text.is_empty() {
            return Err(BadUsername::Empty);
        }
        if text.chars().count() > Self::MAX_LENGTH {
            return Err(BadUsername::TooLong);
        }
        if text.chars().any(is_forbidden) {
            return Err(BadUsername::Forbidden);
        }
        Ok(Self { shown: text.to_owned(), key: key(text) })
    }

    /// As it was typed.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The form that names are compared by. The key of a key is the key itself.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The key of versions before 0.2, if it differs: they kept invisible characters.
    pub fn former_key(&self) -> Option<String> {
        let former = folded(&self.shown, str::to_owned);
        (former != self.key).then_some(former)
    }
}

impl FromStr for Username {
    type Err = BadUsername;

    /// A name that may be registered.
    fn from_str(text: &str) -> Result<Self, BadUsername> {
        let name = Self::typed(text)?;
        if !name.key.chars().any(shows_something) {
            return Err(BadUsername::ShowsNothing);
        }
        let is_trimmed = |text: &str| text.trim_matches(is_blank) == text;
        if !is_trimmed(text) || !is_trimmed(&name.key) || name.key.chars().any(is_forbidden) {
            return Err(BadUsername::Forbidden);
        }
        Ok(name)
    }
}

/// `NFKC_Casefold`, which drops default-ignorable characters such as joiners and variation selectors.
pub(super) fn key(text: &str) -> String {
    folded(text, |text| text.chars().filter(|&character| !is_ignorable(character)).collect())
}

/// Folding may undo normalization, and the reverse, so both repeat until nothing changes. In other software, keys that change when
/// they are folded again have led to account takeovers.
fn folded(text: &str, reduced: impl Fn(&str) -> String) -> String {
    const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();
    let mut key = text.to_owned();
    loop {
        let next = CaseMapper::new().fold_string(&NFKC.normalize(&reduced(&key))).into_owned();
        let next = NFKC.normalize(&reduced(&next)).into_owned();
        if next == key {
            return key;
        }
        key = next;
    }
}

fn is_ignorable(character: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
}

/// White space, and two characters that look like it: Braille without dots, and a note without a head.
fn is_blank(character: char) -> bool {
    matches!(character, '\u{2800}' | '\u{1d159}') || CodePointSetData::new::<WhiteSpace>().contains(character)
}

/// A combining mark does not count: it would attach to the text before the name.
fn shows_something(character: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(character);
    !GeneralCategoryGroup::Mark.contains(category) && !is_blank(character) && !is_ignorable(character)
}

/// Joiners are allowed: some scripts need them, and comparison ignores them. Text direction marks are forbidden: they make one name
/// look like another.
fn is_forbidden(character: char) -> bool {
    use GeneralCategory as G;
    match CodePointMapData::<GeneralCategory>::new().get(character) {
        G::Format => !is_ignorable(character) || CodePointSetData::new::<BidiControl>().contains(character),
        G::Unassigned => !is_ignorable(character),
        category => {
            matches!(category, G::Control | G::Surrogate | G::PrivateUse | G::LineSeparator | G::ParagraphSeparator)
        }
    }
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
        let outside = [" bob", "bob ", "\u{202e}bob", "\u{3000}bob", "bob\u{2800}"];
        // An invisible character does not hide the space before it.
        let inside = ["bo\nb", "bo\0b", "b\u{200f}ob", "b\u{fff9}ob", "bob \u{200b}"];
        for text in outside.iter().chain(&inside) {
            assert_eq!(name(text), Err(BadUsername::Forbidden), "{text:?}");
        }
        assert_eq!(name(""), Err(BadUsername::Empty));
        assert_eq!(name(&"é".repeat(151)), Err(BadUsername::TooLong));
        assert!(name(&"é".repeat(150)).is_ok());
    }

    #[test]
    fn what_shows_nothing_does_not_count() {
        for text in
            ["bob\u{200b}", "b\u{ad}ob", "bob\u{3164}", "bob\u{fe0f}", "\u{115f}bob", "b\u{34f}ob", "bob\u{e0041}"]
        {
            let name = name(text).unwrap();
            assert_eq!((name.key(), name.shown()), ("bob", text), "{text:?}");
            assert_ne!(name.former_key(), None, "{text:?}");
        }
        assert_eq!(name("❤\u{fe0f}").unwrap().key(), "❤");
        assert_eq!(name("می\u{200c}خواهم").unwrap().key(), "میخواهم", "a joiner that this writing needs");
        assert_eq!(name("BOB").unwrap().former_key(), None);
    }

    #[test]
    fn a_name_shows_something() {
        let invisible = ["\u{200b}", "\u{3164}", "\u{fe0f}\u{200d}", "\u{301}", "\u{ffa0}"];
        let blank = ["\u{2800}", "\u{1d159}", "\u{3000}", " "];
        for text in invisible.iter().chain(&blank) {
            assert_eq!(name(text), Err(BadUsername::ShowsNothing), "{text:?}");
        }
    }

    #[test]
    fn what_unicode_calls_the_same_text_is_the_same_name_for_every_character() {
        use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
        const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();
        const NFD: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizerBorrowed::new_nfd();
        const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();
        for character in '\0'..=char::MAX {
            for text in
                [format!("{character}"), format!("a{character}"), format!("{character}a"), format!("a{character}a")]
            {
                let Ok(found) = name(&text) else { continue };
                for same in [NFC.normalize(&text), NFD.normalize(&text), NFKC.normalize(&text), found.key().into()] {
                    assert_eq!(name(&same).as_ref().map(Username::key), Ok(found.key()), "{text:?} and {same:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn a_name_and_its_key_are_one_name(text in "\\PC{1,8}") {
            if let Ok(name) = name(&text) {
                let again: Username = name.key().parse().unwrap();
                prop_assert_eq!(again.key(), name.key());
            }
        }

        #[test]
        fn the_key_of_a_key_is_the_key(text in any::<String>()) {
            let once = key(&text);
            prop_assert_eq!(key(&once), once);
        }
    }
}
