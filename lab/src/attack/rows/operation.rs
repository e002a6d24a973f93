//! Checks at the start of the service, before it answers a request.

use crate::attack::{
    row::{Ended, Outcome},
    stage::Stage,
};

/// A running service already has a key. Whether the service starts with a weak key is tested by its own tests.
pub(super) async fn start_with_a_weak_key(_: &mut Stage) -> Ended {
    Ok(Outcome::not_applicable(
        "a running service cannot be asked; `weak_keys_are_refused_and_strong_ones_are_not` starts it",
    ))
}
