//! The programs that these tests need of the machine.

use std::path::PathBuf;

use authlab_test_support::{missing, on_the_path};

const CHROMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The programs that drive and that are driven.
pub(super) struct Programs {
    pub(super) chromedriver: PathBuf,
    pub(super) chrome: PathBuf,
}

/// `None`, with a word, where one of them is missing.
pub(super) fn programs() -> Option<Programs> {
    let found = on_the_path("chromedriver").zip(CHROMES.into_iter().find_map(on_the_path));
    if found.is_none() {
        missing("browser");
    }
    found.map(|(chromedriver, chrome)| Programs { chromedriver, chrome })
}
