//! Names that no run has used before, so that runs do not share accounts.

/// `alice-1f09c3a2b7`.
#[expect(
    clippy::disallowed_methods,
    reason = "a username is no secret, and the client shares no code with the services"
)]
pub fn username(first_name: &str) -> String {
    let mut random = [0; 5];
    getrandom::fill(&mut random).expect("the system has randomness");
    random.iter().fold(format!("{first_name}-"), |name, byte| format!("{name}{byte:02x}"))
}
