//! A row of the table: one attack.

use authlab_results::attacks::AttackFamily;
use futures_util::future::BoxFuture;

use super::{attempt::Attempt, played::Played};

#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The number in the attack matrix: `A05`.
    pub number: &'static str,
    /// Stable: the file and the name of the function that plays it.
    pub id: &'static str,
    pub family: AttackFamily,
    /// What the attacker tries, as an imperative.
    pub title: &'static str,
    /// The standards by which it must fail: OWASP ASVS 5.0, RFCs, and others.
    pub standard: &'static str,
    pub play: Play,
}

/// A row's function: the attack.
pub type Play = for<'a> fn(&'a mut Attempt) -> BoxFuture<'a, Played>;
