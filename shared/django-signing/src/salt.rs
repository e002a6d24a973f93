//! The salt names the purpose of a signature. It is a separate type, so that callers cannot leave it out.

/// Separates signatures made with one key for different purposes.
///
/// Django's signing functions use a default salt if none is given, so two features that omit it accept each other's values. Here
/// there is no default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salt<'a>(pub &'a str);
