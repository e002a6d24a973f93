//! What is decided before the first request is answered.

use crate::attack::{
    row::{Ended, Outcome},
    stage::Stage,
};

/// A service that runs has its key already; whether it would have started with a weak one is a question for its tests.
pub(super) async fn start_with_a_weak_key(_: &mut Stage) -> Ended {
    Ok(Outcome::not_applicable(
        "a running service cannot be asked; `weak_keys_are_refused_and_strong_ones_are_not` starts it",
    ))
}
