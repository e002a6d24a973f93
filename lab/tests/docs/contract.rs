//! `docs/contract.md` and the conformance suite have the same clauses.

use std::collections::BTreeSet;

use authlab_conformance::CLAUSES;

use super::text;

/// Every `file::name` between backticks.
fn ids(page: &str) -> BTreeSet<&str> {
    let part =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    let is_id = |quoted: &&str| quoted.split_once("::").is_some_and(|(file, name)| part(file) && part(name));
    page.split('`').filter(is_id).collect()
}

#[test]
fn the_contract_names_every_clause_that_is_checked_and_no_other() {
    let page = text("docs/contract.md");
    let named = ids(&page);
    let checked: BTreeSet<&str> = CLAUSES.iter().map(|clause| clause.id).collect();
    let missing: Vec<_> = checked.difference(&named).collect();
    assert!(missing.is_empty(), "docs/contract.md does not name these clauses: {missing:#?}");
    let unknown: Vec<_> = named.difference(&checked).collect();
    assert!(unknown.is_empty(), "docs/contract.md names clauses that the suite does not have: {unknown:#?}");
}

#[test]
fn the_contract_has_every_section_of_the_suite() {
    let page = text("docs/contract.md");
    for clause in CLAUSES {
        let title = clause.section.title().split(':').next().unwrap();
        assert!(page.contains(&format!("\n## {title}\n")), "docs/contract.md has no section “{title}”");
    }
}

#[test]
fn an_id_is_told_from_other_code() {
    assert_eq!(ids("`a::b_2` and `Store::Redis`, `a`, `::b`, `a::b::c`"), BTreeSet::from(["a::b_2"]));
}
