//! Token revocation (RFC 7009) and token introspection (RFC 7662).

use authlab_client::{
    request::Request,
    visitor::{LoginWith, refresh},
};

use super::{
    Checked, Context,
    refresh::{is_refused, with_refresh_token},
};

fn revoke(token: &str) -> Request {
    Request::post("/revoke").without_credential().form(&[("token", token), ("token_type_hint", "refresh_token")])
}

/// A mechanism whose credential is a cookie answers each call with a reason.
pub(super) async fn calls_for_tokens_are_answered_or_refused(context: &Context) -> Checked {
    let has_tokens = context.about()?.hands_out_tokens();
    for request in [refresh("made up"), revoke("made up"), Request::post("/introspect").form(&[("token", "made up")])] {
        let answer = context.ask(request).await?;
        if has_tokens {
            answer.ensure(matches!(answer.status, 200 | 400 | 401 | 501), "an answer or a refusal")?;
        } else {
            answer.is_problem(501, "mechanism-cannot")?;
        }
    }
    Ok(())
}

pub(super) async fn revoking_a_refresh_token_ends_its_login(context: &Context) -> Checked {
    let (mut someone, refresh_token) = with_refresh_token(context).await?;
    context.ask(revoke(&refresh_token)).await?.is(200)?;
    context.ask(refresh(&refresh_token)).await?.is_problem(400, "malformed-request")?;
    if context.about()?.can_end_copies() {
        someone.is_logged_out().await?;
    }
    Ok(())
}

pub(super) async fn revoking_an_access_token_ends_it_or_is_refused(context: &Context) -> Checked {
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
    Ok(())
}

/// RFC 7009 §2.2: an unknown token is already unusable, so revoking it succeeds.
pub(super) async fn revoking_what_is_unknown_is_no_mistake(context: &Context) -> Checked {
    for token in ["", "made up", "authlab_r_", "eyJhbGciOiJub25lIn0.e30."] {
        context.ask(revoke(token)).await?.is(200)?;
    }
    is_refused(&context.ask(Request::post("/revoke").form(&[])).await?, "invalid_request")
}

pub(super) async fn nobody_introspects_without_leave(context: &Context) -> Checked {
    let (someone, other) = (context.someone().await?, context.someone().await?);
    let ask = |token: &str| Request::post("/introspect").without_credential().form(&[("token", token)]);
    for request in [ask(someone.credential.text()), ask(someone.credential.text()).bearer(other.credential.text())] {
        let answer = context.ask(request).await?;
        answer.is_either_problem([(501, "mechanism-cannot"), (401, "not-logged-in")])?;
    }
    Ok(())
}
