//! What the README shows as the output of `lab compare` is what `lab compare` prints.

use authlab_fleet::Fleet;
use authlab_terminal::Look;
use lab::{
    compare::{Comparison, terminal},
    journey::run,
};

use super::text;

/// The lines of the first block of text.
fn shown(page: &str) -> Vec<&str> {
    let (_, after) = page.split_once("```text\n").expect("the README shows output");
    after.split_once("\n```").unwrap().0.lines().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readme_shows_lines_that_compare_prints() {
    let fleet = Fleet::start().await.unwrap();
    let targets = fleet.targets();
    let steps = run(&targets, |_| {}).await.unwrap();
    let printed = terminal::render(Comparison { targets: &targets, steps: &steps }, Look::PLAIN);
    let readme = text("README.md");
    let shown = shown(&readme);
    assert_eq!(shown.len(), 10, "the README shows ten lines");
    // Each line after the one before: a reader compares their order with what the command prints.
    let mut rest = printed.as_str();
    for line in shown {
        let (_, after) =
            rest.split_once(line).unwrap_or_else(|| panic!("compare does not print, in this order: {line}"));
        rest = after;
    }
}
