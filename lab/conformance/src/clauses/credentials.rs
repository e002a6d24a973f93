//! Changed, invented and ambiguous credentials: each must be refused as such, without a server fault.

use authlab_client::{about::Carrier, request::Request};

use super::{Applied, Checked, ClauseOutcome, Context};

/// The credential with one character in its middle changed.
pub(super) fn tampered(text: &str) -> String {
    let middle = text.chars().count() / 2;
    let other = |character| if character == 'a' { 'b' } else { 'a' };
    text.chars().enumerate().map(|(at, character)| if at == middle { other(character) } else { character }).collect()
}

pub(super) async fn a_changed_credential_is_no_login(context: &Context) -> Checked {
    for someone in [context.someone().await?, context.in_a_browser().await?] {
        let whole = someone.credential.text();
        let mut forgeries = vec![tampered(whole), format!("{whole}x"), "garbage".to_owned(), "x".repeat(3_000)];
        forgeries.extend([1, whole.len() / 2, whole.len() - 1].map(|length| whole[..length].to_owned()));
        forgeries.extend(["..", "a.b.c", "null", "0", "eyJhbGciOiJub25lIn0.e30."].map(str::to_owned));
        let forgeries: Vec<Request> = forgeries.iter().map(|forgery| someone.forged(forgery)).collect();
        context.refuses(forgeries, (401, "not-logged-in")).await?;
        // The genuine credential still works, so the refusal was about the change.
        context.ask(someone.forged(whole)).await?.is(200)?;
    }
    Ok(())
}

/// RFC 6750 §3.1 also allows 400 for text that is not spelled like a token.
pub(super) async fn what_cannot_be_a_credential_is_refused(context: &Context) -> Checked {
    for someone in [context.someone().await?, context.in_a_browser().await?] {
        for text in ["", "a:b:c", ":::", "%00", "é", "=", "a b", "\"quoted\"", "{}"] {
            let answer = context.ask(someone.forged(text)).await?;
            answer.is_either_problem([(400, "malformed-request"), (401, "not-logged-in")])?;
        }
    }
    Ok(())
}

pub(super) async fn a_changed_credential_breaks_no_call(context: &Context) -> Checked {
    let someone = context.someone().await?;
    let forgery = tampered(someone.credential.text());
    for request in [
        Request::get("/mine/record"),
        Request::get("/items"),
        Request::get("/items/note"),
        Request::delete("/items"),
        Request::get("/logins"),
        Request::get("/"),
        Request::get("/mine").from_a_browser(),
        Request::post("/logout"),
    ] {
        let answer = context.ask(someone.credential.forged(request, &forgery)).await?;
        answer.ensure(answer.status < 500 || answer.status == 501, "no server fault")?;
    }
    Ok(())
}

pub(super) async fn of_two_cookies_that_differ_none_is_believed(context: &Context) -> Checked {
    let (someone, other) = (context.in_a_browser().await?, context.in_a_browser().await?);
    let ((name, value), (_, second)) = (someone.cookie()?, other.cookie()?);
    let twice = |request: Request| request.cookie(name, value).cookie(name, second);
    context.ask(twice(Request::get("/mine"))).await?.is_problem(401, "not-logged-in")?;
    someone.is_found_in(&context.ask(Request::get("/mine").cookie(name, value).cookie(name, value)).await?)?;
    context.ask(twice(Request::post("/logout"))).await?.is(204)?;
    if !context.about()?.can_end_copies() {
        return Ok(());
    }
    let ended = [value, second].map(|value| Request::get("/mine").cookie(name, value));
    context.refuses(ended, (401, "not-logged-in")).await
}

pub(super) async fn carriers_that_disagree_are_ambiguous(context: &Context) -> Applied {
    let carriers = &context.about()?.carriers;
    if !carriers.contains(&Carrier::Bearer) || !carriers.contains(&Carrier::Cookie) {
        return Ok(ClauseOutcome::not_applicable("there is only one carrier"));
    }
    let (someone, other) = (context.someone().await?, context.in_a_browser().await?);
    let ((name, value), token) = (other.cookie()?, someone.credential.text());
    let with_cookie = Request::get("/mine").cookie(name, value);
    context.ask(with_cookie.clone().bearer(token)).await?.is_problem(400, "malformed-request")?;
    other.is_found_in(&context.ask(with_cookie.clone().bearer(value)).await?)?;
    if carriers.contains(&Carrier::Query) {
        context.ask(with_cookie.token_in_query(token)).await?.is_problem(400, "malformed-request")?;
    }
    Ok(ClauseOutcome::Passed)
}

pub(super) async fn a_token_in_the_url_counts_only_where_about_says_so(context: &Context) -> Checked {
    let someone = context.someone().await?;
    let answer = context.ask(Request::get("/mine").token_in_query(someone.credential.text())).await?;
    if !context.about()?.carriers.contains(&Carrier::Query) {
        return answer.is_problem(401, "not-logged-in");
    }
    someone.is_found_in(&answer)?;
    answer.is_not_stored()?;
    answer.has_header("referrer-policy", "no-referrer")
}

pub(super) async fn another_scheme_is_no_login(context: &Context) -> Checked {
    for value in ["Basic YWxpY2U6c2VjcmV0", "Bearer", "Bearer ", "Negotiate x", "Bearer a b"] {
        let answer = context.ask(Request::get("/mine").header(http::header::AUTHORIZATION, value)).await?;
        answer.ensure(matches!(answer.status, 400 | 401), "400 or 401")?;
    }
    Ok(())
}
