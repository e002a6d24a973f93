//! What happens in each step, and how the answers stand to the contract.

pub(super) mod account;
pub(super) mod attacks;
pub(super) mod devices;
pub(super) mod items;
pub(super) mod leaving;

use serde_json::Value;

use crate::client::{
    answer::Answer,
    expect::{self, Failure},
};

use super::{player::Player, transcript::Verdict};

type Scene = Result<Verdict, Failure>;

fn allowed(because: impl Into<String>) -> Verdict {
    Verdict::AllowedDifference(because.into())
}

/// How a verb that may replace the credential is answered.
enum Written {
    /// 204: the client's credential is as it was, or came as a cookie.
    Silently,
    /// 200 with a new token in the body.
    WithToken,
}

/// 204, or, where tokens are handed out, 200 with a new one.
fn written(player: &Player, answer: &Answer) -> Result<Written, Failure> {
    if answer.status == 200 && player.about()?.hands_out_tokens() {
        token(&answer.is_json(200)?)?;
        return Ok(Written::WithToken);
    }
    answer.is_empty(204)?;
    Ok(Written::Silently)
}

/// The member `token` as RFC 6749 §5.1 shapes it.
fn token(body: &Value) -> Result<(), Failure> {
    let token = &body["token"];
    expect::text(token, "access_token")?;
    let is_bearer = expect::text(token, "token_type")?.eq_ignore_ascii_case("bearer");
    expect::ensure(is_bearer, "the token type Bearer", || token["token_type"].to_string())?;
    let lives = token["expires_in"].as_u64().is_some_and(|seconds| seconds > 0);
    expect::ensure(lives, "`expires_in` in whole seconds", || token["expires_in"].to_string())
}

/// What depends on the login must not be stored by anything in between.
fn is_not_stored(answer: &Answer) -> Result<(), Failure> {
    let says_so = answer.header("cache-control").is_some_and(|value| value.contains("no-store"));
    answer.ensure(says_so, "`Cache-Control: no-store` on what depends on the login")
}
