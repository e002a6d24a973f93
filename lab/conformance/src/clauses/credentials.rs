//! Changed, invented and ambiguous credentials: each must be refused as such, without a server fault.

use authlab_client::{
    about::Carrier,
    answer::Answer,
    credential::Credential,
    expect::{Failure, ensure},
    request::Request,
    visitor::Visitor,
};

use crate::{
    clause::{
        Standing,
        Stands::{Holds, NotApplicable},
    },
    context::Context,
};

/// The credential with one character in its middle changed.
pub(super) fn tampered(text: &str) -> String {
    let middle = text.chars().count() / 2;
    let other = |at, character| {
        if at != middle {
            character
        } else if character == 'a' {
            'b'
        } else {
            'a'
        }
    };
    text.chars().enumerate().map(|(at, character)| other(at, character)).collect()
}

pub(super) async fn a_changed_credential_is_no_login(context: &Context) -> Standing {
    for someone in [context.someone().await?, context.in_a_browser().await?] {
        let whole = someone.credential.text();
        let mut forgeries = vec![tampered(whole), format!("{whole}x"), "garbage".to_owned(), "x".repeat(3_000)];
        forgeries.extend([1, whole.len() / 2, whole.len() - 1].map(|length| whole[..length].to_owned()));
        forgeries.extend(["..", "a.b.c", "null", "0", "eyJhbGciOiJub25lIn0.e30."].map(str::to_owned));
        for forgery in forgeries {
            let answer = context.ask(someone.credential.forged(Request::get("/mine"), &forgery)).await?;
            answer.is_problem(401, "not-logged-in")?;
        }
        // The genuine credential still works, so the refusal was about the change.
        context.ask(someone.credential.forged(Request::get("/mine"), whole)).await?.is(200)?;
    }
    Ok(Holds)
}

/// RFC 6750 §3.1 also allows 400 for text that is not spelled like a token.
pub(super) async fn what_cannot_be_a_credential_is_refused(context: &Context) -> Standing {
    for someone in [context.someone().await?, context.in_a_browser().await?] {
        for text in ["", "a:b:c", ":::", "%00", "é", "=", "a b", "\"quoted\"", "{}"] {
            let answer = context.ask(someone.credential.forged(Request::get("/mine"), text)).await?;
            if answer.status == 400 {
                answer.is_problem(400, "malformed-request")?;
            } else {
                answer.is_problem(401, "not-logged-in")?;
            }
        }
    }
    Ok(Holds)
}

pub(super) async fn a_changed_credential_breaks_no_call(context: &Context) -> Standing {
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
        let no_fault = answer.status < 500 || answer.status == 501;
        answer.ensure(no_fault, "no server fault")?;
    }
    Ok(Holds)
}

pub(super) async fn of_two_cookies_that_differ_none_is_believed(context: &Context) -> Standing {
    let (someone, other) = (context.in_a_browser().await?, context.in_a_browser().await?);
    let (Credential::Cookie { name, value }, Credential::Cookie { value: second, .. }) =
        (&someone.credential, &other.credential)
    else {
        return Err(Failure::new("a cookie for a form", someone.login.in_short()));
    };
    let twice = Request::get("/mine").cookie(name, value).cookie(name, second);
    context.ask(twice).await?.is_problem(401, "not-logged-in")?;
    is_of(&someone, &context.ask(Request::get("/mine").cookie(name, value).cookie(name, value)).await?)?;
    context.ask(Request::post("/logout").cookie(name, value).cookie(name, second)).await?.is(204)?;
    if context.about()?.can_end_copies() {
        for ended in [value, second] {
            context.ask(Request::get("/mine").cookie(name, ended)).await?.is_problem(401, "not-logged-in")?;
        }
    }
    Ok(Holds)
}

pub(super) async fn carriers_that_disagree_are_ambiguous(context: &Context) -> Standing {
    let carriers = &context.about()?.carriers;
    if !carriers.contains(&Carrier::Bearer) || !carriers.contains(&Carrier::Cookie) {
        return Ok(NotApplicable("there is only one carrier".to_owned()));
    }
    let (someone, other) = (context.someone().await?, context.in_a_browser().await?);
    let Credential::Cookie { name, value } = &other.credential else {
        return Err(Failure::new("a cookie for a form", other.login.in_short()));
    };
    let token = someone.credential.text();
    context.ask(Request::get("/mine").bearer(token).cookie(name, value)).await?.is_problem(400, "malformed-request")?;
    is_of(&other, &context.ask(Request::get("/mine").bearer(value).cookie(name, value)).await?)?;
    if carriers.contains(&Carrier::Query) {
        let disagree = Request::get("/mine").cookie(name, value).token_in_query(token);
        context.ask(disagree).await?.is_problem(400, "malformed-request")?;
    }
    Ok(Holds)
}

fn is_of(someone: &Visitor, answer: &Answer) -> Result<(), Failure> {
    let body = answer.is_json(200)?;
    answer.ensure(body["username"] == someone.username, format!("the login of {}", someone.username))
}

pub(super) async fn a_token_in_the_url_counts_only_where_about_says_so(context: &Context) -> Standing {
    let someone = context.someone().await?;
    let answer = context.ask(Request::get("/mine").token_in_query(someone.credential.text())).await?;
    if !context.about()?.carriers.contains(&Carrier::Query) {
        answer.is_problem(401, "not-logged-in")?;
        return Ok(Holds);
    }
    is_of(&someone, &answer)?;
    let not_stored = answer.header("cache-control").is_some_and(|value| value.contains("no-store"));
    answer.ensure(not_stored, "`Cache-Control: no-store`")?;
    answer.has_header("referrer-policy", "no-referrer")?;
    Ok(Holds)
}

pub(super) async fn another_scheme_is_no_login(context: &Context) -> Standing {
    for value in ["Basic YWxpY2U6c2VjcmV0", "Bearer", "Bearer ", "Negotiate x", "Bearer a b"] {
        let answer = context.ask(Request::get("/mine").header(http::header::AUTHORIZATION, value)).await?;
        ensure(matches!(answer.status, 400 | 401), "400 or 401", || answer.in_short())?;
    }
    Ok(Holds)
}
