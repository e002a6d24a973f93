//! The contract, checked on a service that a test has started with its own settings.

use authlab_client::target::Target;

/// Checks every clause. Fails if a clause fails, or if too few clauses applied.
pub(crate) async fn holds_at(target: &Target) {
    let report = authlab_conformance::run(target, |_| {}).await.unwrap();
    let failures: Vec<String> =
        report.failures().map(|failed| format!("{}: {:?}", failed.id, failed.outcome)).collect();
    assert!(report.holds(), "{target} breaks the contract:\n{}", failures.join("\n"));
    assert!(report.passed() > 90, "only {} clauses applied", report.passed());
}
