//! What these tests need of the machine.

use std::{env, path::PathBuf};

const CHROMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The programs that drive and that are driven.
pub(super) struct Programs {
    pub(super) chromedriver: PathBuf,
    pub(super) chrome: PathBuf,
}

/// `None`, with a word, where one of them is missing.
pub(super) fn programs() -> Option<Programs> {
    let Some(chromedriver) = on_the_path("chromedriver") else { return missing("chromedriver") };
    let Some(chrome) = CHROMES.into_iter().find_map(on_the_path) else { return missing("Chromium") };
    Some(Programs { chromedriver, chrome })
}

fn on_the_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|file| file.is_file())
}

#[expect(clippy::print_stdout, reason = "whoever reads the results should know what was not tried")]
fn missing(what: &str) -> Option<Programs> {
    let required = env::var("AUTHLAB_REQUIRE").unwrap_or_default();
    assert!(!required.split(',').any(|listed| listed.trim() == "browser"), "AUTHLAB_REQUIRE lists browser: no {what}");
    println!("SKIPPED: no {what}");
    None
}
