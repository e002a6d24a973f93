//! The implementation of each step, and the check of its answers against the contract.

pub(super) mod account;
pub(super) mod attacks;
pub(super) mod devices;
pub(super) mod items;
pub(super) mod leaving;

use authlab_client::{
    answer::Answer,
    expect::{self, Failure},
};
use serde_json::Value;

use super::{
    target_run::{Device, TargetRun},
    transcript::StepVerdict,
};

type Judged = Result<StepVerdict, Failure>;

fn allowed(because: impl Into<String>) -> StepVerdict {
    StepVerdict::AllowedDifference(because.into())
}

/// Whether a write is answered with a new token: 200 if the service issues tokens, otherwise 204. With 204 the credential is
/// unchanged, or a cookie replaced it.
fn brings_token(run: &TargetRun, answer: &Answer) -> Result<bool, Failure> {
    let with_token = answer.status == 200 && run.about()?.hands_out_tokens();
    if with_token {
        token(&answer.is_json(200)?)?;
    } else {
        answer.is_empty(204)?;
    }
    Ok(with_token)
}

/// The member `token`, in the format of RFC 6749 §5.1.
fn token(body: &Value) -> Result<(), Failure> {
    let token = &body["token"];
    expect::text(token, "access_token")?;
    let is_bearer = expect::text(token, "token_type")?.eq_ignore_ascii_case("bearer");
    expect::ensure(is_bearer, "the token type Bearer", || token["token_type"].to_string())?;
    let lives = token["expires_in"].as_u64().is_some_and(|seconds| seconds > 0);
    expect::ensure(lives, "`expires_in` in whole seconds", || token["expires_in"].to_string())
}

/// No cache may store an answer that depends on the login.
fn is_not_stored(answer: &Answer) -> Result<(), Failure> {
    let says_so = answer.header("cache-control").is_some_and(|value| value.contains("no-store"));
    answer.ensure(says_so, "`Cache-Control: no-store` on an answer that depends on the login")
}
