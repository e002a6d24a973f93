//! How a row's function reports the outcome of its attack.

use authlab_client::expect::Failure;
use authlab_results::attacks::Outcome;

/// The result of a row's function: `Ok` if the service blocked every step.
pub type Played = Result<(), Ended>;

/// The attack ended before its last step, with this outcome.
#[derive(Debug)]
pub struct Ended(pub Outcome);

impl From<Outcome> for Ended {
    fn from(outcome: Outcome) -> Self {
        Self(outcome)
    }
}

/// The attack could not be played to its end.
impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self(Outcome::NotPlayed { because: failure.to_string() })
    }
}

impl From<anyhow::Error> for Ended {
    fn from(error: anyhow::Error) -> Self {
        Failure::from(error).into()
    }
}

/// Ends the attack if it succeeded although the service should have blocked it.
pub fn fell_if(succeeded: bool, what: impl Into<String>) -> Played {
    if succeeded { Err(fell(what)) } else { Ok(()) }
}

pub fn fell(what: impl Into<String>) -> Ended {
    Outcome::fell(what).into()
}

/// Ends the attack if it succeeded and the mechanism cannot prevent that.
pub fn by_nature_if(succeeded: bool, because: &str, remedy: &str, price: &str) -> Played {
    if succeeded { Err(by_nature(because, remedy, price)) } else { Ok(()) }
}

pub fn by_nature(because: &str, remedy: &str, price: &str) -> Ended {
    Outcome::by_nature(because, remedy, price).into()
}

/// Ends the attack if the service lacks what the attack needs.
pub fn not_applicable_if(lacking: bool, because: impl Into<String>) -> Played {
    if lacking { Err(not_applicable(because)) } else { Ok(()) }
}

pub fn not_applicable(because: impl Into<String>) -> Ended {
    Outcome::not_applicable(because).into()
}
