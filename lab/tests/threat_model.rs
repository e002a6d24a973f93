//! The threat model and the attacks have the same numbers.

use std::collections::BTreeSet;

use lab::attack::rows::ROWS;

const THREAT_MODEL: &str = include_str!("../../docs/threat-model.md");

/// Every `A` followed by two digits that is a whole word.
fn numbers(text: &str) -> BTreeSet<&str> {
    text.split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| word.len() == 3 && word.starts_with('A') && word[1..].bytes().all(|byte| byte.is_ascii_digit()))
        .collect()
}

#[test]
fn every_row_is_a_promise_of_the_threat_model_and_every_promise_is_a_row() {
    let rows: BTreeSet<&str> = ROWS.iter().map(|row| row.number).collect();
    let named = numbers(THREAT_MODEL);
    assert_eq!(
        rows.difference(&named).collect::<Vec<_>>(),
        Vec::<&&str>::new(),
        "attacks that the threat model does not name"
    );
    assert_eq!(named.difference(&rows).collect::<Vec<_>>(), Vec::<&&str>::new(), "numbers without an attack");
}
