//! `docs/settings.md` lists the settings that the programs have.

use lab::cli::settings::page;

use super::text;

#[test]
fn the_page_of_settings_is_what_the_programs_say() {
    assert!(text("docs/settings.md").trim_end() == page(), "docs/settings.md is out of date: run `just settings`");
}
