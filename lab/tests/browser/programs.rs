//! The programs that these tests need.

use std::path::PathBuf;

use authlab_test_support::{missing, on_the_path};

const CHROMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The paths of chromedriver and the browser.
pub(super) struct Programs {
    pub(super) chromedriver: PathBuf,
    pub(super) chrome: PathBuf,
}

/// Returns `None` and reports a skipped test if a program is missing.
pub(super) fn programs() -> Option<Programs> {
    let found = on_the_path("chromedriver").zip(CHROMES.into_iter().find_map(on_the_path));
    if found.is_none() {
        missing("browser");
    }
    found.map(|(chromedriver, chrome)| Programs { chromedriver, chrome })
}
