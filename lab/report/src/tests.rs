//! The report of invented data: it is complete, it warns of a run in doubt, and it is deterministic.

use authlab_results::{Metric, Verdict};

use super::{
    Report,
    figures::at,
    sample::{attacks, rich},
};

#[test]
fn whatever_was_measured_is_shown_whoever_it_is() {
    let report = Report::of(&rich()).unwrap();
    let text = &report.documents["comparison.md"];
    for shown in [
        "a <stranger> & friends",
        "a journey of its own",
        "somebody else's",
        "the moon: it was day",
        "No warm-up",
        "cargo bench",
    ] {
        assert!(text.contains(shown), "{shown} is missing");
    }
    let page = &report.documents["comparison.html"];
    assert!(page.contains("a &lt;stranger&gt; &amp; friends") && !page.contains("<stranger>"));
    for loaded in ["<script", "<link", "<img", "src=", "url(http", "@import"] {
        assert!(!page.contains(loaded), "the page would load something: {loaded}");
    }
}

#[test]
fn attacks_on_others_stand_apart_from_those_on_the_services() {
    let mut material = rich();
    material.attacks_on_peers = Some(attacks("a", Verdict::True));
    let text = &Report::of(&material).unwrap().documents["comparison.md"];
    let [own, others] =
        ["THE ATTACKS WERE NOT RUN", "What others do under the same attacks"].map(|words| text.find(words).unwrap());
    let row = text
        .find("| A05 A copy, after the logout | blocked, within 700 ms | unavoidable, open for 14 days | **SUCCEEDED** | not applicable |");
    assert!(own < others && others < row.unwrap(), "{text}");
}

#[test]
fn every_link_within_the_page_leads_somewhere_and_every_id_is_there_once() {
    let report = Report::of(&rich()).unwrap();
    let page = &report.documents["comparison.html"];
    let ids: Vec<&str> = quoted(page, " id=\"").collect();
    for id in &ids {
        assert_eq!(ids.iter().filter(|other| *other == id).count(), 1, "{id}");
    }
    for to in quoted(page, "href=\"#") {
        assert!(ids.contains(&to), "#{to} leads nowhere");
    }
    assert!(ids.contains(&"claim-cookies-load-least"));
}

fn quoted<'a>(text: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split('"').next())
}

#[test]
fn every_chart_is_well_formed_and_can_be_read_without_being_seen() {
    let report = Report::of(&rich()).unwrap();
    let charts: Vec<_> = report.documents.iter().filter(|(name, _)| name.ends_with("svg")).collect();
    assert!(charts.len() >= 5, "{}", charts.len());
    for (name, svg) in charts {
        let document = roxmltree::Document::parse(svg).unwrap_or_else(|error| panic!("{name}: {error}"));
        let root = document.root_element();
        let child = |tag: &str| root.children().find(|child| child.has_tag_name(("http://www.w3.org/2000/svg", tag)));
        assert!(child("title").is_some_and(|title| title.text().is_some()), "{name}");
        assert!(child("desc").is_some_and(|told| told.text().is_some_and(|text| text.len() > 20)), "{name}");
        assert_eq!(root.attribute("role"), Some("img"), "{name}");
        assert!(!svg.contains("NaN") && !svg.contains("inf\""), "{name}");
        assert!(svg.contains("prefers-color-scheme: dark"), "{name}");
    }
}

#[test]
fn a_run_in_doubt_says_so_first_and_in_big_words() {
    let mut material = rich();
    material.run.finished = None;
    let report = Report::of(&material).unwrap();
    let text = &report.documents["comparison.md"];
    let place = text.find("DO NOT RELY ON THIS RUN: it did not come to its end").unwrap();
    assert!(place < 200, "{place}");
    let readme = &report.blocks["README.md"];
    assert!(readme.starts_with("> [!WARNING]"), "{readme}");
    assert!(report.documents["claims.md"].contains("DO NOT RELY ON THIS RUN"));
    assert!(report.documents["comparison.html"].contains("class=\"warning\""));
}

#[test]
fn a_run_without_doubt_is_not_warned_of() {
    let mut material = rich();
    let sound = Report::of(&material).unwrap();
    assert!(
        !sound.blocks["README.md"].contains("DO NOT RELY") && sound.verdicts.doubts.is_empty(),
        "{:?}",
        sound.verdicts.doubts
    );
    material.run.rounds[3].foreign = 0.14;
    let text = &Report::of(&material).unwrap().documents["comparison.md"];
    assert!(text.contains("Noisy rounds (1): launch 1, round 4: 14 %"));
}

#[test]
fn the_same_material_gives_the_same_report() {
    let (one, other) = (Report::of(&rich()).unwrap(), Report::of(&rich()).unwrap());
    assert_eq!((one.documents, one.blocks), (other.documents, other.blocks));
}

#[test]
fn the_decision_says_what_was_measured_and_what_was_not() {
    let mut material = rich();
    material.measured(Metric::BytesSent, at("session, redis", "anonymous", None), vec![vec![52.0]]);
    let readme = &Report::of(&material).unwrap().blocks["README.md"];
    for shown in [
        "| a logout ends every copy | [not run][a] |",
        "| core-seconds/million | [13.0][r] | [24.0 Redis, not measured PostgreSQL][r]",
        "| bytes it adds to a request | [not measured][s] | [98][s] |",
        "| bytes the server keeps per login | [not measured][t] | [188][t] |",
        "as much as 771 requests",
    ] {
        assert!(readme.contains(shown), "{shown} is missing in\n{readme}");
    }
    assert!(readme.lines().all(|line| line.starts_with('|') || line.chars().count() <= 120), "{readme}");
}
