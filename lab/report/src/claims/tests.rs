//! Each verdict and each doubt, tested with data that must cause it.

use std::collections::BTreeSet;

use authlab_results::{Family, Metric, Verdict};

use super::{
    DecidedClaim, decide_these,
    rule::{Claim, RULES, Rules},
};
use crate::{
    figures::at,
    material::Material,
    sample::{attacks, material, spread},
};

/// Whether `one` costs less than 0.95 times `other`.
const CHEAPER: &str = r#"
    [[claim]]
    id = "cheaper"
    says = "The one is cheaper"
    why = "Less than 5 % is no difference."
    [[claim.compare]]
    under = "a request"
    quantity = "cpu"
    of = { contender = "one", journey = "mine", in_flight = 1 }
    to = { contender = "other", journey = "mine", in_flight = 1 }
    holds = { below = 0.95 }
"#;

const COMMANDS: &str = r#"
    [[claim]]
    id = "asks"
    says = "It asks its store"
    why = "Half a command is one now and then."
    [[claim.compare]]
    under = "a request"
    quantity = "store_commands"
    of = { contender = "one", journey = "mine" }
    holds = { above = 0.5 }
"#;

/// Changes a sound run so that it is in doubt.
type Spoil = fn(&mut Material);

fn claims(text: &str) -> Vec<Claim> {
    let limits = "run = { same_within = 0.02, added = 5000, added_within = 500, noisy_at_most = 0.5, launches_at_least = 3, rounds_at_least = 10, samples_at_least = 3 }\n";
    toml::from_str::<Rules>(&format!("{limits}{text}")).unwrap().claim
}

/// Whether `one` is also cheaper than a third contender.
fn cheaper_than_both() -> String {
    let (_, compare) = CHEAPER.split_once("[[claim.compare]]").unwrap();
    format!("{CHEAPER}[[claim.compare]]{}", compare.replace("other", "third"))
}

fn decided(text: &str, material: &Material) -> DecidedClaim {
    decide_these(&claims(text), &material.run, material.attacks.as_ref()).remove(0)
}

fn attacked(ids: &str, material: &Material) -> Verdict {
    decided(&format!("[[claim]]\nid = \"attacked\"\nsays = \"It is so\"\nwhy = \"\"\nattacks = {ids}"), material)
        .verdict
}

/// A run in which `one` costs `times` as much as `other`.
fn contest(times: f64) -> Material {
    let mut material = material();
    material.has("one", Family::Cookie, 20_000.0 * times);
    material.has("other", Family::Session, 20_000.0);
    material
}

#[test]
fn an_interval_wholly_on_one_side_of_the_line_decides_and_one_across_it_does_not() {
    // The difference is below 5 %, so the claim does not hold.
    assert_eq!(decided(CHEAPER, &contest(0.8)).verdict, Verdict::True);
    assert_eq!(decided(CHEAPER, &contest(1.2)).verdict, Verdict::False);
    // A difference of less than 5 % is below the limit of the rule.
    assert_eq!(decided(CHEAPER, &contest(0.98)).verdict, Verdict::False);
    let mut wide = contest(0.95);
    wide.changed("one", spread(19_000.0, 0.3));
    let decided = decided(CHEAPER, &wide);
    assert_eq!(decided.verdict, Verdict::Undecided, "{decided:?}");
}

#[test]
fn what_is_added_is_held_against_the_line_and_not_the_whole() {
    let at_most = |line: u32| CHEAPER.replace("to =", "over =").replace("0.95", &line.to_string());
    let verdicts = [3_000, 5_000, 30_000].map(|line| decided(&at_most(line), &contest(1.2)).verdict);
    assert_eq!(verdicts, [Verdict::False, Verdict::True, Verdict::True]);
    let finding = decided(&at_most(5_000), &contest(1.2)).findings.remove(0);
    assert_eq!(finding.rule, "`one` over `other` wholly below 5.00 µs");
    assert!(finding.found.starts_with("4.00 [") && finding.found.ends_with("] µs"), "{finding:?}");
}

#[test]
fn the_store_counts_with_its_service() {
    let mut material = contest(0.8);
    material.measured(Metric::StoreCpu, crate::figures::mine("one"), spread(9_000.0, 0.004));
    assert_eq!(decided(CHEAPER, &material).verdict, Verdict::False);
}

#[test]
fn what_holds_here_and_not_there_depends() {
    let mut material = contest(0.8);
    material.has("third", Family::Token, 10_000.0);
    let decided = decided(&cheaper_than_both(), &material);
    let verdicts: Vec<Verdict> = decided.findings.iter().map(|finding| finding.verdict).collect();
    assert_eq!((decided.verdict, verdicts), (Verdict::Depends, vec![Verdict::True, Verdict::False]));
}

#[test]
fn what_was_not_measured_leaves_a_claim_open() {
    let decided = decided(&cheaper_than_both(), &contest(0.8));
    assert_eq!(decided.verdict, Verdict::Undecided);
    assert_eq!(decided.findings[1].found, "not measured in this run");
}

#[test]
fn a_run_in_doubt_decides_nothing_that_is_timed() {
    let doubts: [(&str, Spoil); 7] = [
        ("did not come to its end", |material| material.run.finished = None),
        ("measured twice", |material| material.changed("bare again", spread(10_600.0, 0.004))),
        ("added work showed as", |material| material.changed("bare + 5 us", spread(11_000.0, 0.004))),
        ("were noisy", |material| material.run.rounds.iter_mut().for_each(|round| round.foreign = 0.3)),
        ("rough", |material| material.run.rounds.retain(|round| round.launch < 2)),
        ("rough", |material| material.run.rounds.truncate(9)),
        ("controls were not measured", |material| {
            material.run.figures.retain(|figure| figure.at.contender != "bare again");
        }),
    ];
    for (word, spoil) in doubts {
        let mut material = contest(0.8);
        spoil(&mut material);
        let decided = decided(CHEAPER, &material);
        assert_eq!(decided.verdict, Verdict::Undecided, "{word}");
        assert!(decided.findings[0].found.contains(word), "{}", decided.findings[0].found);
    }
}

#[test]
fn a_time_that_was_taken_once_decides_nothing() {
    let mut material = contest(0.8);
    material.changed("one", vec![vec![16_000.0]]);
    let decided = decided(CHEAPER, &material);
    assert_eq!(decided.verdict, Verdict::Undecided);
    assert!(decided.findings[0].found.contains("1 sample tells nothing of chance"), "{}", decided.findings[0].found);
}

#[test]
fn what_is_counted_is_decided_even_then() {
    let mut material = contest(0.8);
    material.measured(Metric::StoreCommands, at("one", "mine", None), vec![vec![1.0]]);
    material.run.finished = None;
    let decided = decided(COMMANDS, &material);
    assert_eq!((decided.verdict, &*decided.findings[0].found), (Verdict::True, "1.00 [1.00, 1.00] commands"));
}

#[test]
fn safety_is_decided_by_the_table_of_attacks() {
    let mut material = material();
    assert_eq!(attacked("[\"a\"]", &material), Verdict::Undecided, "no attack was played");
    let expected = [
        (Verdict::True, Verdict::False),
        (Verdict::False, Verdict::True),
        (Verdict::Depends, Verdict::Depends),
        (Verdict::Undecided, Verdict::Undecided),
    ];
    for (verdict, of_its_contrary) in expected {
        material.attacks = Some(attacks("a", verdict));
        let found = (attacked("[\"a\"]", &material), attacked("[\"!a\"]", &material));
        assert_eq!(found, (verdict, of_its_contrary));
    }
    assert_eq!(attacked("[\"b\"]", &material), Verdict::Undecided, "another claim was decided");
}

#[test]
fn the_rules_name_each_claim_once_and_say_who_says_it_and_what_decides_it() {
    let ids: BTreeSet<&str> = RULES.claim.iter().map(|claim| &*claim.id).collect();
    assert_eq!(ids.len(), RULES.claim.len());
    for claim in &RULES.claim {
        assert!(claim.part_of.is_some() != claim.source.is_some(), "{} is the course's or somebody's", claim.id);
        let decided_by = claim.compare.len() + claim.attacks.len();
        assert!(decided_by > 0, "nothing decides {}", claim.id);
        let both = claim.compare.iter().any(|compare| compare.to.is_some() && compare.over.is_some());
        assert!(!both, "{} is held against a ratio and a difference at once", claim.id);
    }
    let sentences: BTreeSet<&str> = RULES.claim.iter().filter_map(|claim| claim.part_of.as_deref()).collect();
    let heard = RULES.claim.iter().filter(|claim| claim.source.is_some()).count();
    assert!(sentences.len() == 3 && heard >= 20, "{sentences:?} {heard}");
}
