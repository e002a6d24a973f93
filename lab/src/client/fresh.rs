//! Random usernames, so that runs do not collide.

/// Such as `alice-1f09c3a2b7`.
pub fn username(first_name: &str) -> String {
    format!("{first_name}-{}", shared::random::hex::<5>())
}
