//! Everything that was not as it should be, said at the end of a test all at once.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Mutex, PoisonError},
};

/// Complaints that are shown one by one.
const MAX_SHOWN: usize = 2000;

/// By what they have in common, with the particulars of the first.
#[derive(Debug, Default)]
pub(crate) struct Complaints(Mutex<BTreeMap<String, (usize, String)>>);

impl Complaints {
    /// `what` went wrong; `particulars` tell one case of it from others.
    pub(crate) fn add(&self, what: impl Into<String>, particulars: impl Into<String>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(what.into()).or_insert_with(|| (0, particulars.into())).0 += 1;
    }

    /// Fails if there are any.
    pub(crate) fn none(&self) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        for (what, (times, particulars)) in all.iter().take(MAX_SHOWN) {
            writeln!(text, "{times:>5} x {what}; for example {particulars}").unwrap();
        }
        let total: usize = all.values().map(|(times, _)| times).sum();
        assert!(total == 0, "{total} answers of {} sorts were wrong:\n{text}", all.len());
    }
}
