//! The threat model and the attacks have the same numbers.

use std::{collections::BTreeSet, fs};

use authlab_attacks::rows::ROWS;

/// Every `A` followed by two digits that is a whole word.
fn numbers(text: &str) -> BTreeSet<&str> {
    text.split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| word.len() == 3 && word.starts_with('A') && word[1..].bytes().all(|byte| byte.is_ascii_digit()))
        .collect()
}

#[test]
fn every_row_is_a_promise_of_the_threat_model_and_every_promise_is_a_row() {
    let rows: BTreeSet<&str> = ROWS.iter().map(|row| row.number).collect();
    let threat_model = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/threat-model.md")).unwrap();
    let named = numbers(&threat_model);
    assert_eq!(
        rows.difference(&named).collect::<Vec<_>>(),
        Vec::<&&str>::new(),
        "attacks that the threat model does not name"
    );
    assert_eq!(named.difference(&rows).collect::<Vec<_>>(), Vec::<&&str>::new(), "numbers without an attack");
}
