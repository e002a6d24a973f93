//! Seconds as a setting: an accepted value equals the text, and is usable as a timeout.

#![no_main]

use std::time::{Duration, Instant};

use authlab_clock::after;
use authlab_service::seconds;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(duration) = seconds(text) {
        let written: f64 = text.parse().expect("a number");
        assert!(written.is_finite() && written >= 0.0, "{text:?}");
        // Duration has nanoseconds, f64 has 53 bits.
        assert!((duration.as_secs_f64() - written).abs() <= 1e-9 + written * 1e-15, "{text:?} became {duration:?}");
        after(jiff::Timestamp::UNIX_EPOCH, duration);
        assert!(Instant::now().checked_add(duration).is_some(), "{text:?} is taken, and no clock reaches it");
    }
    if let Ok(whole) = text.parse::<u16>() {
        assert_eq!(seconds(text), Ok(Duration::from_secs(whole.into())));
    }
    assert!(!text.trim().starts_with('-') || seconds(text).is_ok_and(|zero| zero.is_zero()) || seconds(text).is_err());
});
