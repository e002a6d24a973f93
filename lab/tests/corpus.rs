//! Replays the corpus of the fuzz targets with the stable compiler.
//!
//! Only fuzzing needs a nightly compiler; checking the inputs that it found does not. Here `fuzz_target!` makes a
//! function of each target.

#![expect(
    clippy::disallowed_methods,
    clippy::pedantic,
    clippy::unwrap_used,
    reason = "the targets have a style of their own, and fail by panicking"
)]

// The targets import these names.
extern crate self as fuzz;
extern crate self as libfuzzer_sys;

use std::{fs, path::Path};

#[path = "../../fuzz/src/lib.rs"]
mod common;

pub use common::*;

mod as_a_function {
    macro_rules! fuzz_target {
        (|$input:ident: &str| $body:block) => {
            /// Skips input that is not UTF-8, as libFuzzer does.
            pub(crate) fn run(bytes: &[u8]) {
                let Ok($input) = std::str::from_utf8(bytes) else { return };
                $body
            }
        };
        (|$input:ident: &[u8]| $body:block) => {
            pub(crate) fn run($input: &[u8]) {
                $body
            }
        };
    }
    pub(crate) use fuzz_target;
}
pub(crate) use as_a_function::fuzz_target;

/// Declares each target and a test that replays its corpus.
macro_rules! targets {
    ($($target:ident: $path:literal,)+) => {
        $(
            #[expect(unused_attributes, reason = "a target is a program of its own, and says so")]
            #[path = $path]
            mod $target;
        )+

        const TARGETS: &[&str] = &[$(stringify!($target)),+];

        mod replays {
            $(#[test]
            fn $target() {
                super::replay(stringify!($target), super::$target::run);
            })+
        }
    };
}

targets! {
    base62: "../../fuzz/fuzz_targets/base62.rs",
    cookie_header: "../../fuzz/fuzz_targets/cookie_header.rs",
    cookie_mechanism: "../../fuzz/fuzz_targets/cookie_mechanism.rs",
    cookie_value: "../../fuzz/fuzz_targets/cookie_value.rs",
    django_signing: "../../fuzz/fuzz_targets/django_signing.rs",
    item_key: "../../fuzz/fuzz_targets/item_key.rs",
    prefers_html: "../../fuzz/fuzz_targets/prefers_html.rs",
    request: "../../fuzz/fuzz_targets/request.rs",
    seconds: "../../fuzz/fuzz_targets/seconds.rs",
    session_id: "../../fuzz/fuzz_targets/session_id.rs",
    signed_cookie: "../../fuzz/fuzz_targets/signed_cookie.rs",
    token: "../../fuzz/fuzz_targets/token.rs",
    username: "../../fuzz/fuzz_targets/username.rs",
    x_forwarded_for: "../../fuzz/fuzz_targets/x_forwarded_for.rs",
}

fn fuzz_folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz"))
}

fn replay(target: &str, run: fn(&[u8])) {
    let corpus = fs::read_dir(fuzz_folder().join("corpus").join(target)).unwrap();
    let inputs: Vec<_> = corpus.map(|entry| entry.unwrap().path()).collect();
    assert!(inputs.len() > 3, "{target} has too few inputs");
    for input in inputs {
        run(&fs::read(input).unwrap());
    }
}

#[test]
fn every_target_is_replayed() {
    let files = fs::read_dir(fuzz_folder().join("fuzz_targets")).unwrap();
    let mut found: Vec<String> =
        files.map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    found.sort();
    assert_eq!(found, TARGETS);
}
