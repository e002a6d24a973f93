//! The README, the documents and the page agree with the kept results of the measured comparison.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use lab::report::{
    Report,
    material::{FOLDER, Material},
    readme,
    verdicts::{self, Verdicts},
};

const STALE: &str = "differs from the results under benches/results; run `cargo run --release -- report` to update it";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Returns `None` if no results are kept yet.
fn kept() -> Option<Report> {
    Material::newest(&root().join(FOLDER)).unwrap().map(|material| Report::of(&material).unwrap())
}

#[test]
fn the_readme_says_what_the_results_say() {
    let readme = text("README.md");
    let section = kept().map_or_else(|| readme::NONE_YET.to_owned(), |report| report.readme);
    assert!(readme::put(&readme, &section).unwrap() == readme, "the comparison in README.md {STALE}");
}

#[test]
fn the_documents_say_what_the_results_say() {
    let Some(report) = kept() else {
        assert!(
            !root().join("docs/comparison.md").exists(),
            "docs/comparison.md exists, but its results under benches/results do not"
        );
        return;
    };
    for (name, expected) in &report.documents {
        assert!(text(&format!("docs/{name}")) == *expected, "docs/{name} {STALE}");
    }
    let charts = fs::read_dir(root().join("docs/comparison")).unwrap().map(|file| file.unwrap().file_name());
    for chart in charts {
        let name = format!("comparison/{}", chart.to_string_lossy());
        assert!(report.documents.contains_key(&name), "docs/{name} belongs to no current result");
    }
}

#[test]
fn the_page_shows_the_verdicts_of_the_results() {
    let verdicts = kept().map(|report| report.verdicts);
    let expected = Verdicts::file(verdicts.as_ref()).unwrap();
    assert!(text(verdicts::FILE) == expected, "{} {STALE}", verdicts::FILE);
}
