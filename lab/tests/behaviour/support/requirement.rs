//! What a test needs of the machine. Missing, it is skipped with a word; listed in `AUTHLAB_REQUIRE` and missing, it fails.

/// Says that a test is skipped, or fails it if this machine promised to have `name`.
#[expect(clippy::print_stdout, reason = "whoever runs the tests must see what was not tested")]
pub(crate) fn missing(name: &str) {
    let required = std::env::var("AUTHLAB_REQUIRE").unwrap_or_default();
    assert!(
        !required.split(',').any(|listed| listed.trim() == name),
        "AUTHLAB_REQUIRE lists {name}, which is not here"
    );
    println!("SKIPPED: {name} is not on this machine");
}
