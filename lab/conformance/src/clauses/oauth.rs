//! Token revocation (RFC 7009) and token introspection (RFC 7662).

use authlab_client::{expect::text, request::Request, visitor::LoginWith};

use super::refresh::{spend, with_refresh_token};
use crate::{
    clause::{Standing, Stands::Holds},
    context::Context,
};

fn revoke(token: &str) -> Request {
    Request::post("/revoke").without_credential().form(&[("token", token), ("token_type_hint", "refresh_token")])
}

/// A mechanism whose credential is a cookie answers each call with a reason.
pub(super) async fn calls_for_tokens_are_answered_or_refused(context: &Context) -> Standing {
    let has_tokens = context.about()?.hands_out_tokens();
    for request in [spend("made up"), revoke("made up"), Request::post("/introspect").form(&[("token", "made up")])] {
        let answer = context.ask(request).await?;
        if has_tokens {
            answer.ensure(matches!(answer.status, 200 | 400 | 401 | 501), "an answer or a refusal")?;
        } else {
            answer.is_problem(501, "mechanism-cannot")?;
        }
    }
    Ok(Holds)
}

pub(super) async fn revoking_a_refresh_token_ends_its_login(context: &Context) -> Standing {
    let (mut someone, refresh_token) = with_refresh_token(context).await?;
    context.ask(revoke(&refresh_token)).await?.is(200)?;
    context.ask(spend(&refresh_token)).await?.is_problem(400, "malformed-request")?;
    if context.about()?.can_end_copies() {
        someone.is_logged_out().await?;
    }
    Ok(Holds)
}

pub(super) async fn revoking_an_access_token_ends_it_or_is_refused(context: &Context) -> Standing {
    for kind in ["jwt", "opaque"] {
        let mut someone = context.someone_with(LoginWith::Kind(kind)).await?;
        let answer = context.ask(revoke(someone.credential.text())).await?;
        if kind == "opaque" || context.about()?.can_end_copies() {
            answer.is(200)?;
            someone.is_logged_out().await?;
        } else {
            answer.is_problem(501, "mechanism-cannot")?;
        }
    }
    Ok(Holds)
}

/// RFC 7009 §2.2: an unknown token is already unusable, so revoking it succeeds.
pub(super) async fn revoking_what_is_unknown_is_no_mistake(context: &Context) -> Standing {
    for token in ["", "made up", "authlab_r_", "eyJhbGciOiJub25lIn0.e30."] {
        context.ask(revoke(token)).await?.is(200)?;
    }
    let problem = context.ask(Request::post("/revoke").form(&[])).await?;
    let body = problem.is_problem(400, "malformed-request")?;
    problem.ensure(text(&body, "error")? == "invalid_request", "the error `invalid_request`")?;
    Ok(Holds)
}

pub(super) async fn nobody_introspects_without_leave(context: &Context) -> Standing {
    let (someone, other) = (context.someone().await?, context.someone().await?);
    let ask = |token: &str| Request::post("/introspect").without_credential().form(&[("token", token)]);
    for request in [ask(someone.credential.text()), ask(someone.credential.text()).bearer(other.credential.text())] {
        let answer = context.ask(request).await?;
        if answer.status == 501 {
            answer.is_problem(501, "mechanism-cannot")?;
        } else {
            answer.is_problem(401, "not-logged-in")?;
        }
    }
    Ok(Holds)
}
