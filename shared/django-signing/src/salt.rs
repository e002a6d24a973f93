//! The salt: what a signature is for. It is a type of its own, so that it cannot be forgotten.

/// Separates signatures made with one key for different purposes.
///
/// Django's signing functions fall back to a salt of their own when none is given, and two features that both forgot it
/// then accept each other's values. Here there is no default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salt<'a>(pub &'a str);
