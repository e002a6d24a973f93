//! The contract, asked of a service that a test has started in its own way.

use authlab_client::target::Target;

/// Asks for every clause; fails if one is broken, or if hardly any applied.
pub(crate) async fn holds_at(target: &Target) {
    let report = authlab_conformance::run(target, |_| {}).await.unwrap();
    let failures: Vec<String> =
        report.failures().map(|failed| format!("{}: {:?}", failed.id, failed.outcome)).collect();
    assert!(report.holds(), "{target} breaks the contract:\n{}", failures.join("\n"));
    assert!(report.passed() > 90, "only {} clauses applied", report.passed());
}
