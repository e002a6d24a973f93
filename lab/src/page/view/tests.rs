//! The pages for hostile and for ordinary steps.

use authlab_client::target::Target;
use authlab_results::attacks::AttackRow;
use serde_json::json;

use super::{attacks::line, channel::Channel, fragment, journey, problem, welcome};
use crate::{
    journey::transcript::StepVerdict,
    page::{
        runs::Played,
        sample::{self, HOSTILE},
    },
};

fn channels() -> Vec<Channel> {
    let target = |name: &str| Target::new(name, "http://127.0.0.1:8001").unwrap();
    Channel::all(&[target("cookie"), target("session"), target("token-svc")])
}

fn played(finished: bool) -> Played {
    Played { steps: vec![sample::step().into()], finished, ..Played::default() }
}

#[test]
fn nothing_that_a_service_answers_becomes_markup() {
    let page = journey("ab12", &channels(), &played(false)).0;
    assert!(!page.contains(HOSTILE) && !page.contains("<script>alert"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

#[test]
fn hostile_names_of_targets_stay_text() {
    let target = Target::new(HOSTILE, "http://127.0.0.1:8001").unwrap();
    let page = welcome(&Channel::all(&[target]), &[false]).0;
    assert!(!page.contains("<script>alert"), "{page}");
}

#[test]
fn every_service_has_a_column_with_its_statuses_and_its_verdict() {
    let page = journey("ab12", &channels(), &played(false)).0;
    for number in 1..=3 {
        assert!(page.contains(&format!("data-channel=\"{number}\"")));
    }
    assert_eq!(page.matches("class=\"verdict allowed\"").count(), 1);
    assert_eq!(page.matches("class=\"verdict plain\"").count(), 2);
}

#[test]
fn a_breach_is_named_with_its_reason() {
    let mut step = sample::step();
    step.outcomes[0].verdict = StepVerdict::Breach("expected 200, answered 500".to_owned());
    let page = journey("ab12", &channels(), &Played { steps: vec![step.into()], ..Played::default() }).0;
    assert!(page.contains("breaks the contract") && page.contains("Expected 200, answered 500."));
}

#[test]
fn an_attack_is_shown_by_what_became_of_it_and_for_how_long() {
    let by_nature = json!({
        "outcome": "by_nature", "because": "", "remedy": "", "price": "", "requests": 1,
        "leak": {"measured_ms": 0, "open_for_seconds": 1_209_600},
    });
    let row = json!({
        "number": "A05", "id": "a::b", "family": "theft", "title": "A copy, after the logout", "standard": "ASVS 7.4.1",
        "cells": [
            {"outcome": "held", "leak": {"measured_ms": 700, "open_for_seconds": null}, "requests": 1},
            by_nature,
            {"outcome": "fell", "what": "", "leak": null, "requests": 1},
            {"outcome": "not_applicable", "because": "", "leak": null, "requests": 1},
        ],
    });
    let row: AttackRow = serde_json::from_value(row).unwrap();
    let page = line(&row).into_string();
    assert!(page.contains("<td class=\"blocked\">blocked, within 700 ms</td>"), "{page}");
    assert!(page.contains("<td class=\"unavoidable\">unavoidable, open for 14 days</td>"), "{page}");
    assert!(
        page.contains("<td class=\"succeeded\">succeeded</td>")
            && page.contains("<td class=\"soft\">not applicable</td>"),
        "{page}"
    );
}

#[test]
fn a_fragment_holds_only_what_is_new_and_what_changes() {
    let new = fragment("ab12", &channels(), &played(true), 0).0;
    assert!(new.starts_with("<article") && new.contains("id=\"chart\"") && new.contains("id=\"again\""));
    let nothing_new = fragment("ab12", &channels(), &played(true), 1).0;
    assert!(!nothing_new.contains("<article"));
}

#[test]
fn a_finished_journey_sums_up_and_offers_a_new_one() {
    let page = journey("ab12", &channels(), &played(true)).0;
    assert!(page.contains("What it came to") && page.contains("Start again") && !page.contains("Next step"));
}

#[test]
fn a_service_that_is_down_is_named_with_its_address() {
    let page = welcome(&channels(), &[true, false, true]).0;
    assert!(page.contains("role=\"alert\"") && page.contains("no answer"));
    assert!(page.contains("<strong>session</strong> does not answer at"), "{page}");
}

#[test]
fn pages_carry_no_style_and_no_script_of_their_own() {
    for page in [
        welcome(&channels(), &[true, true, true]).0,
        journey("ab12", &channels(), &played(true)).0,
        problem("Gone", "It is gone.").0,
    ] {
        assert!(!page.contains(" style=") && !page.contains("<style"), "{page}");
        assert_eq!(page.matches("<script").count(), 1);
        assert!(page.contains("<script src=\"/lab.js\" defer></script>"));
    }
}
