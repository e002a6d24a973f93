//! Names that no run has used before, so that runs do not meet.

/// `alice-1f09c3a2b7`.
pub fn username(first_name: &str) -> String {
    format!("{first_name}-{}", shared::random::hex::<5>())
}
