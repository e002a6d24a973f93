//! The first pages that people read stay short, and their numbers are those of the code.

use authlab_endings::Endings;
use authlab_report::numbers::thousands;

use super::text;

const README_MAX: (usize, usize) = (120, 120);
const PAGE_MAX_LINES: usize = 300;

#[test]
fn the_readme_fits_on_a_few_screens() {
    let readme = text("README.md");
    let (max_lines, max_width) = README_MAX;
    assert!(readme.lines().count() <= max_lines, "README.md has {} lines", readme.lines().count());
    for line in readme.lines() {
        assert!(
            line.chars().count() <= max_width,
            "a line of README.md has {} characters: {line}",
            line.chars().count()
        );
    }
}

#[test]
fn the_pages_for_newcomers_can_be_read_in_one_go() {
    for name in ["docs/choose.md", "docs/claims.md", "docs/contract.md", "docs/learn.md", "docs/settings.md"] {
        let lines = text(name).lines().count();
        assert!(lines <= PAGE_MAX_LINES, "{name} has {lines} lines");
    }
}

/// Beyond this number, each request asks the database, and the costs that the pages show are too low.
#[test]
fn the_pages_name_the_number_of_endings_that_fit_into_memory() {
    let limit = thousands(Endings::MAX_IN_MEMORY);
    for name in ["README.md", "docs/choose.md"] {
        assert!(text(name).contains(&limit), "{name} does not say {limit}");
    }
}
