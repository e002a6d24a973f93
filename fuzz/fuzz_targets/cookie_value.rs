//! Cookie values: any text can be stored in a cookie and read back, and any cookie can be read.

#![no_main]

use authlab_django_signing::cookie_value::{extend, quote, reduce, unquote};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // As the service writes it.
    let extended = extend(text);
    assert_eq!(reduce(&extended).as_deref(), Some(text));
    let written = quote(&extended).expect("an extended text has a spelling");
    assert!(written.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{written:?}");
    assert!(!written.contains([';', ',']), "{written:?} would end its cookie");
    assert_eq!(written.trim(), written, "a reader trims");
    assert_eq!(unquote(&written), extended);

    // As a client may send it: the value that was read has a spelling that gives the same value.
    let read = unquote(text);
    assert!(read.len() <= text.len(), "an escape is never shorter than its meaning");
    if let Some(again) = quote(&read) {
        assert_eq!(unquote(&again), read);
    }
    if let Some(reduced) = reduce(&read) {
        assert_eq!(reduce(&extend(&reduced)), Some(reduced));
    }
    assert_eq!(quote(text).is_some(), text.chars().all(|character| character <= '\u{ff}'));
});
