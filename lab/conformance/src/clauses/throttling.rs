//! Repeated failures. Runs last, because a throttled address cannot log in.

use authlab_client::{expect::Failure, visitor::LoginWith};

use super::{Checked, Context};

/// More guesses within a few seconds than any service should allow.
const MAX_GUESSES: usize = 40;

pub(super) async fn repeated_failures_are_slowed_down(context: &Context) -> Checked {
    let username = context.account().await?;
    let mut visitor = context.client();
    for _ in 0..MAX_GUESSES {
        let guess = LoginWith::Json.request(&username, "one more guess at it");
        let answer = visitor.deliver(&guess).await?;
        if answer.status == 429 {
            answer.is_problem(429, "too-many-attempts")?;
            let waits = answer.header("retry-after").is_some_and(|seconds| seconds.parse::<u64>().is_ok());
            answer.ensure(waits, "Retry-After in seconds")?;
            return Ok(());
        }
        answer.is_problem(401, "invalid-credentials")?;
    }
    Err(Failure::new(format!("429 within {MAX_GUESSES} wrong guesses"), "401 to every one of them"))
}
