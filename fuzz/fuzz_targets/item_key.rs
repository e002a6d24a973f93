//! Item keys: 1 to 64 characters of `A-Za-z0-9_-`, unchanged; nothing else is accepted.

#![no_main]

use authlab_mechanism::items::ItemKey;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let plain = |character| matches!(character, 'A'..='Z' | 'a'..='z' | '0'..='9' | '_' | '-');
    match text.parse::<ItemKey>() {
        Ok(key) => {
            assert!((1..=64).contains(&text.chars().count()) && text.chars().all(plain), "{text:?} was taken");
            assert_eq!(key.as_str(), text);
            assert_eq!(key.to_string().parse(), Ok(key.clone()));
            assert_eq!(key.into_string(), text);
        }
        Err(_) => assert!(text.is_empty() || text.len() > 64 || !text.chars().all(plain), "{text:?} was refused"),
    }
});
