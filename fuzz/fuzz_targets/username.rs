//! Usernames: the key of a key is the key itself, and texts that are equal in Unicode are the same name.

#![no_main]

use authlab_accounts::username::{BadUsername, Username};
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use libfuzzer_sys::fuzz_target;

const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();
const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();
const NFD: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizerBorrowed::new_nfd();

fuzz_target!(|text: &str| {
    let Ok(name) = text.parse::<Username>() else { return };
    assert_eq!(name.shown(), text);
    assert!((1..=Username::MAX_LENGTH).contains(&text.chars().count()));
    assert_eq!(text.trim(), text);
    assert!(!text.contains(char::is_control));

    let key = name.key();
    assert!(!key.is_empty() && key.trim() == key && !key.contains(char::is_control), "{key:?}");
    match key.parse::<Username>() {
        Ok(again) => assert_eq!(again.key(), key),
        // One character may expand to up to 18 characters.
        Err(BadUsername::TooLong) => assert!(key.chars().count() > Username::MAX_LENGTH),
        Err(error) => panic!("the key {key:?} of {text:?} is no name: {error}"),
    }
    let same = [NFC.normalize(text), NFKC.normalize(text), NFD.normalize(text), text.to_ascii_uppercase().into()];
    for same in same {
        match same.parse::<Username>() {
            Ok(spelling) => assert_eq!(spelling.key(), key, "{same:?} and {text:?}"),
            Err(BadUsername::TooLong) => assert!(same.chars().count() > Username::MAX_LENGTH),
            Err(error) => panic!("{text:?} is a name, {same:?} is not: {error}"),
        }
    }
});
