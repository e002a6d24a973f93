//! The README, the documents and the lab's page agree with the kept results of the measured comparison.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use authlab_attacks::claims::CLAIMS;
use authlab_report::{
    Report,
    capacity::{self, breaks::ServiceLimits, habits::Habits},
    claims::rule::RULES,
    marked,
    material::{FOLDER, Material},
    verdicts,
};
use authlab_results::LeftOut;
use authlab_terminal::Look;
use lab::cli::capacity::terminal;

const STALE: &str = "differs from the results in benches/results; `cargo run --release -- report` writes it anew";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn material() -> Material {
    Material::newest(&root().join(FOLDER)).unwrap().expect("there is a run")
}

fn report() -> Report {
    Report::of(&material()).unwrap()
}

#[test]
fn the_pages_that_people_write_say_what_the_results_say() {
    for (name, block) in &report().blocks {
        let page = text(name);
        assert!(marked::put(&page, block).unwrap() == page, "the comparison in {name} {STALE}");
    }
}

#[test]
fn the_documents_say_what_the_results_say() {
    let report = report();
    for (name, expected) in &report.documents {
        assert!(text(&format!("docs/{name}")) == *expected, "docs/{name} {STALE}");
    }
    let charts = fs::read_dir(root().join("docs/comparison")).unwrap().map(|file| file.unwrap().file_name());
    for chart in charts {
        let name = format!("comparison/{}", chart.to_string_lossy());
        assert!(report.documents.contains_key(&name), "docs/{name} shows no result any more");
    }
}

#[test]
fn the_page_shows_the_verdicts_of_the_results() {
    assert!(text(verdicts::FILE) == report().verdicts.file().unwrap(), "{} {STALE}", verdicts::FILE);
}

#[test]
fn the_rules_name_attacks_that_there_are() {
    let known: BTreeSet<&str> = CLAIMS.iter().map(|claim| claim.id).collect();
    for id in RULES.claim.iter().flat_map(|claim| &claim.attacks) {
        assert!(known.contains(id.trim_start_matches('!')), "lab/attacks/src/claims.rs has no {id}");
    }
}

#[test]
fn the_capacity_in_words_has_the_formulae_and_what_is_not_known_and_warns_of_a_run_in_doubt() {
    let limits = ServiceLimits {
        cookie_lifetime: Duration::from_hours(1),
        token_lifetime: Duration::from_mins(5),
        max_ended_logins: 1_000,
    };
    let shown =
        |material: &Material| terminal::render(&capacity::of(material, 5e6, Habits::default(), limits), Look::PLAIN);
    let mut material = material();
    material.run.left_out.push(LeftOut { what: "the moon".to_owned(), why: "it was day".to_owned() });
    let text = shown(&material);
    assert!(text.contains("5.00 million users") && text.contains("memory = users × logins that live"), "{text}");
    assert!(text.contains("What this does not know") && text.contains("the moon: it was day"), "{text}");
    assert!(!text.contains("DO NOT RELY"), "{text}");
    material.run.finished = None;
    let text = shown(&material);
    assert!(text.starts_with("DO NOT RELY ON THIS: the run is in doubt: it did not come to its end"), "{text}");
}
